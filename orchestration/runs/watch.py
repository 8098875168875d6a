"""Looks after runs that wait for other rows, and for runs without a job, at every tick of every worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from kit.clock import Clock
from kit.db.database import Database
from kit.jobs.models import Job
from kit.jobs.types import UNFINISHED
from orchestration.agents.directory import AgentDirectory
from orchestration.runs.interventions import Interventions
from orchestration.tasks import repository, runs
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.jobs import RUN
from orchestration.tasks.machine import ENDED, OVER
from orchestration.tasks.models import Task, TaskRun
from orchestration.tasks.moves import Moves
from orchestration.tasks.run_models import RunWait
from orchestration.tasks.types import OPEN_RUNS, ActorKind, Json, RunState, TaskStatus, WaitKind, WakeReason

LOST = "the worker died over it; try the task again"
_AT_ONCE = 50
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RunWatch:
    """Any number of processes may tick: each look is a transaction of its own, which holds the task before it acts."""

    database: Database
    agents: AgentDirectory
    moves: Moves
    interventions: Interventions
    clock: Clock

    def tick(self) -> int:
        """How many runs go on, or were called off."""
        with self.database.read() as session:
            ended, orphans, lost = self._ended_subtasks(session), self._orphans(session), self._without_job(session)
        moved = 0
        for wait in ended:
            moved += self.subtask_ended(wait.ref_id)
        for wait in orphans:
            moved += self._call_off(wait)
        for task_id in lost:
            moved += self._take_up(task_id)
        if moved:
            _log.info("runs.looked_after", count=moved)
        return moved

    def subtask_ended(self, subtask_id: str) -> bool:
        """Whether another run waited for it, and goes on. Not before it has ended. The two tasks are never held
        together: a parent's row is taken before its subtasks'."""
        with self.database.read() as session:
            wait = runs.waiting_for(session, WaitKind.SUBTASK, subtask_id)
        if wait is None:
            return False
        with self.database.write() as session:
            held = repository.held(session, [wait.task_id])  # nothing, where both were deleted
            wait = runs.waiting_for(session, WaitKind.SUBTASK, subtask_id)
            subtask = session.get(Task, subtask_id, populate_existing=True)
            if wait is None or subtask is None or subtask.status not in OVER:
                return False
            parent = held[0]
            if parent.status != TaskStatus.AWAITING_SUBTASK:
                return False
            runs.settle(session, WaitKind.SUBTASK, subtask_id, _told(session, subtask), at=self.clock.now())
            self.moves.wake(session, parent, WakeReason.SUBTASK_ENDED, SYSTEM, feedback=parent.feedback)
            return True

    @staticmethod
    def _ended_subtasks(session: Session) -> Sequence[RunWait]:
        wanted = _open_waits().join(Task, Task.id == RunWait.ref_id)
        wanted = wanted.join(TaskRun, TaskRun.id == RunWait.run_id)
        over = (Task.status.in_(OVER), TaskRun.state == RunState.WAITING)
        return list(session.scalars(wanted.where(*over).limit(_AT_ONCE)))

    @staticmethod
    def _orphans(session: Session) -> Sequence[RunWait]:
        """Waits of runs that are over: nobody reads what the subtask brings."""
        wanted = _open_waits().join(TaskRun, TaskRun.id == RunWait.run_id)
        return list(session.scalars(wanted.where(TaskRun.state.not_in(OPEN_RUNS)).limit(_AT_ONCE)))

    def _call_off(self, wait: RunWait) -> bool:
        with self.database.write() as session:
            subtask = session.get(Task, wait.ref_id)
            is_open = subtask is not None and subtask.status not in ENDED
            if is_open:
                self.interventions.call_off(session, wait.ref_id, SYSTEM)
            runs.settle(session, WaitKind.SUBTASK, wait.ref_id, {"status": TaskStatus.CANCELLED}, at=self.clock.now())
            return is_open

    def _without_job(self, session: Session) -> Sequence[str]:
        """Tasks whose run should be in the queue and is not: their agent was run elsewhere when it was made or took no
        runs, or its job died, and with it the process that should have said so."""
        with_job = exists().where(Job.subject == Task.id, Job.kind == RUN, Job.state.in_(UNFINISHED))
        due = (Task.assignee_kind == ActorKind.AGENT, _is_due(), ~with_job)
        joined = select(Task.tenant_id, Task.assignee_id).join(TaskRun, TaskRun.task_id == Task.id)
        found: list[str] = []
        for tenant_id, role in session.execute(joined.where(*due).distinct()).all():
            if self.agents.takes_runs(session, tenant_id, role or ""):
                mine = select(Task.id).join(TaskRun, TaskRun.task_id == Task.id).where(*due)
                mine = mine.where(Task.tenant_id == tenant_id, Task.assignee_id == role)
                found += session.scalars(mine.order_by(Task.id).limit(_AT_ONCE))
        return found

    def _take_up(self, task_id: str) -> bool:
        with self.database.write() as session:
            held = repository.held(session, [task_id])
            run = repository.open_run(session, task_id)
            has_job = select(Job.id).where(Job.subject == task_id, Job.kind == RUN, Job.state.in_(UNFINISHED))
            if run is None or session.scalar(has_job.limit(1)) is not None:
                return False
            task = held[0]
            if (task.status, run.state) == (TaskStatus.ASSIGNED, RunState.QUEUED):
                self.moves.enqueue(session, task, run.id)
            elif (task.status, run.state) == (TaskStatus.IN_PROGRESS, RunState.RUNNING):
                self._fail(session, task, run)
            else:
                return False
            return True

    def _fail(self, session: Session, task: Task, run: TaskRun) -> None:
        now = self.clock.now()
        runs.end(session, run, RunState.FAILED, at=now, error=LOST)
        self.agents.note(session, task.tenant_id, task.assignee_id or "", LOST, at=now)
        self.moves.move(session, task, TaskStatus.FAILED, SYSTEM, error=LOST)


def _open_waits() -> Select[RunWait]:
    return select(RunWait).where(RunWait.kind == WaitKind.SUBTASK, RunWait.settled_at.is_(None))


def _is_due() -> ColumnElement[bool]:
    waits = and_(Task.status == TaskStatus.ASSIGNED, TaskRun.state == RunState.QUEUED)
    return or_(waits, and_(Task.status == TaskStatus.IN_PROGRESS, TaskRun.state == RunState.RUNNING))


def _told(session: Session, subtask: Task) -> Mapping[str, Json]:
    """To whoever waited for it."""
    output = repository.output(session, subtask)
    told: dict[str, Json] = {"activityId": subtask.id, "status": subtask.status}
    if subtask.status == TaskStatus.FAILED:
        run = repository.newest_run(session, subtask.id)
        told["error"] = (run.error if run else None) or "failed"
    return told if output is None else {**told, "output": output.text}
