"""What the rows say after agents were killed at work: effects against the turns that record them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kit.db.database import Database
from kit.jobs.models import Job
from kit.jobs.types import UNFINISHED
from orchestration.approvals.models import Approval
from orchestration.tasks.machine import ENDED
from orchestration.tasks.models import Artifact, Task, TaskBlocker, TaskComment, TaskEvent, TaskRun
from orchestration.tasks.run_models import RunTurn, RunWait
from orchestration.tasks.types import OPEN_RUNS, RunState, TaskStatus, WaitKind
from tests.faults.agents_at_work import plan_of


def violations(database: Database) -> Sequence[str]:
    """A sentence for each."""
    with database.read() as session:
        return [
            *_stuck(session),
            *_torn(session),
            *_effects(session),
            *_timelines(session),
        ]


def _stuck(session: Session) -> Iterator[str]:
    for task in session.scalars(select(Task).where(Task.status.not_in(ENDED))):
        run = session.scalars(select(TaskRun).where(TaskRun.task_id == task.id)).all()[-1]
        yield f"task {task.id} is {task.status}, its run {run.state} ({run.error})"
    for run in session.scalars(select(TaskRun).where(TaskRun.state.in_(OPEN_RUNS))):
        yield f"run {run.id} is {run.state} for ever"
    for job in session.scalars(select(Job).where(Job.state.in_(UNFINISHED))):
        yield f"job {job.id} of task {job.subject} is {job.state} for ever"


def _torn(session: Session) -> Iterator[str]:
    """Runs whose turns are not those of the plan, each once."""
    for task, run in session.execute(select(Task, TaskRun).join(TaskRun, TaskRun.task_id == Task.id)).all():
        turns = session.scalars(select(RunTurn).where(RunTurn.run_id == run.id).order_by(RunTurn.number)).all()
        planned = [name for name, _ in plan_of(task.prompt)]
        called = [call["name"] for turn in turns for call in turn.calls]
        if [turn.number for turn in turns] != list(range(1, len(turns) + 1)):
            yield f"run {run.id} has turns {[turn.number for turn in turns]}"
        if called != planned[: len(called)] or (run.state == RunState.COMPLETED and called != planned):
            yield f"run {run.id} is {run.state} and called {called}, where its plan was {planned}"
        errors = [call["result"] for turn in turns for call in turn.calls if '"error"' in (call["result"] or "")]
        if errors:
            yield f"run {run.id} was refused {errors}"
    for task in session.scalars(select(Task).where(Task.status == TaskStatus.DONE)):
        count = len(session.scalars(select(Artifact.id).where(Artifact.task_id == task.id)).all())
        if count != 1:
            yield f"task {task.id} is done and has {count} outputs"


def _effects(session: Session) -> Iterator[str]:
    """Each effect has one call that records it, and each call its effect."""
    waits = session.scalars(select(RunWait)).all()
    awaited = {kind: [one.ref_id for one in waits if one.kind == kind] for kind in WaitKind}
    calls = [(turn, call) for turn in session.scalars(select(RunTurn)) for call in turn.calls]
    told = [json.loads(call["result"]) for _, call in calls if call["result"] is not None]
    yield from _same("comment", (one["commentId"] for one in told if "commentId" in one), _ids(session, TaskComment))
    yield from _same("question", awaited[WaitKind.QUESTION], _ids(session, TaskBlocker))
    yield from _same("approval", awaited[WaitKind.APPROVAL], _ids(session, Approval))
    handed = [*awaited[WaitKind.SUBTASK], *(one["activityId"] for one in told if "activityId" in one)]
    yield from _same("subtask", handed, session.scalars(select(Task.id).where(Task.parent_id.is_not(None))))
    open_calls = [f"{turn.run_id} {turn.number} {call['id']}" for turn, call in calls if call["result"] is None]
    yield from _same("wait", open_calls, (f"{one.run_id} {one.turn} {one.call_id}" for one in waits))
    completed = set(session.scalars(select(TaskRun.id).where(TaskRun.state == RunState.COMPLETED)))
    for wait in waits:
        if wait.run_id in completed and wait.result is None:
            yield f"run {wait.run_id} is over and never heard what came of its {wait.kind}"


def _ids(session: Session, rows: type[TaskComment | TaskBlocker | Approval]) -> Iterable[str]:
    return session.scalars(select(rows.id)).all()


def _same(what: str, recorded: Iterable[str], there: Iterable[str]) -> Iterator[str]:
    written, found = Counter(recorded), Counter(there)
    for one in (written - found).elements():
        yield f"{what} {one} is recorded by a turn more often than it is there"
    for one in (found - written).elements():
        yield f"{what} {one} is there more often than a turn records it"


def _timelines(session: Session) -> Iterator[str]:
    for task in session.scalars(select(Task)):
        events = session.execute(
            select(TaskEvent.number, TaskEvent.type).where(TaskEvent.task_id == task.id).order_by(TaskEvent.number)
        ).all()
        if [one.number for one in events] != list(range(1, len(events) + 1)):
            yield f"the timeline of task {task.id} has gaps or twins"
        decided = sum(one.type == "approval_resolved" for one in events)
        waits = select(RunWait).where(RunWait.task_id == task.id, RunWait.kind == WaitKind.APPROVAL)
        heard = sum(one.result is not None for one in session.scalars(waits))
        if decided != heard:
            yield f"task {task.id} tells of {decided} decisions, and its runs heard {heard}"
