"""Changes of a task's status, each with its line in the timeline; and the queueing of its next run."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kit.clock import Clock
from kit.ids import new_id
from kit.jobs.queue import JobQueue
from orchestration.tasks import endings, repository
from orchestration.tasks.events import record, tell_status
from orchestration.tasks.jobs import run_job
from orchestration.tasks.machine import ENDED, check
from orchestration.tasks.models import Task, TaskRun
from orchestration.tasks.ports import AgentRunners, TaskNotices
from orchestration.tasks.types import Actor, ActorKind, Json, RunState, TaskStatus, WakeReason


@dataclass(frozen=True, slots=True)
class Moves:
    """Rows that are given were taken with `repository.held`. Rights are checked by whoever calls."""

    queue: JobQueue
    agents: AgentRunners
    notices: TaskNotices
    clock: Clock

    def move(self, session: Session, task: Task, wanted: TaskStatus, actor: Actor, *, error: str | None = None) -> None:
        """TaskCannotBecome where the table of transitions does not allow it. What is over leaves nothing open."""
        before, now = TaskStatus(task.status), self.clock.now()
        check(task.id, before, wanted)
        task.status, task.updated_at = wanted, now
        if wanted is TaskStatus.IN_PROGRESS:
            task.started_at = task.started_at or now
        task.completed_at = now if wanted in ENDED else None
        data: dict[str, Json] = {"from": before.value, "to": wanted.value}
        if error is not None:
            data["error"] = error
        endings.close(session, task, at=now, error=error)
        record(session, task, "status_changed", actor, at=now, data=data)
        tell_status(session, task, at=now, error=error, runs=repository.runs_count(session, task.id))
        if wanted in {TaskStatus.DONE, TaskStatus.FAILED}:
            self.notices.ended(session, task, actor, error=error)

    def wake(
        self, session: Session, task: Task, reason: WakeReason, actor: Actor, *, feedback: str | None = None
    ) -> str | None:
        """Has the task worked on once more, knowing why: assigned again, and with an agent's run. The id of that run;
        None for a person's task. It is in the queue where the agent is one that is run here and takes runs; another's
        waits for it, for nothing else may do what was asked of that agent."""
        task.wake_reason, task.feedback = reason, feedback
        self.move(session, task, TaskStatus.ASSIGNED, actor)
        self.notices.assigned(session, task, actor)
        if task.assignee_kind != ActorKind.AGENT:
            return None
        return self._queue_run(session, task, reason)

    def _queue_run(self, session: Session, task: Task, reason: WakeReason) -> str:
        waiting = repository.open_run(session, task.id)
        if waiting is not None:  # it was waiting for just this
            waiting.state, waiting.wake_reason = RunState.QUEUED, reason
            run_id = waiting.id
        else:
            run = TaskRun(
                id=new_id(),
                tenant_id=task.tenant_id,
                task_id=task.id,
                number=repository.runs_count(session, task.id) + 1,
                state=RunState.QUEUED,
                wake_reason=reason,
                model="",
                started_at=self.clock.now(),
            )
            session.add(run)
            run_id = run.id
        session.flush()
        if self.agents.takes_runs(session, task.tenant_id, task.assignee_id or ""):
            self.enqueue(session, task, run_id)
        return run_id

    def enqueue(self, session: Session, task: Task, run_id: str) -> None:
        """Once for each run, however often it is said."""
        job = run_job(
            tenant_id=task.tenant_id,
            dataset_id=task.dataset_id,
            task_id=task.id,
            run_id=run_id,
            priority=task.priority,
        )
        self.queue.enqueue(session, job)
