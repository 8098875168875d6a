"""What a task leaves open goes with it: nobody is asked any more, and no run waits for an answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from orchestration.tasks import repository, runs
from orchestration.tasks.machine import OVER
from orchestration.tasks.models import Task
from orchestration.tasks.types import BlockerState, RunState, TaskStatus

_RUNS: dict[TaskStatus, RunState] = {TaskStatus.FAILED: RunState.FAILED, TaskStatus.CANCELLED: RunState.CANCELLED}


def close(session: Session, task: Task, *, at: datetime, error: str | None) -> None:
    """The task is held, and over. Its blockers are withdrawn, and a run that waits, which no worker has, ends as the
    task does. A run that a worker has is ended by whoever ends the task."""
    status = TaskStatus(task.status)
    if status not in OVER:
        return
    for row in repository.blockers(session, task.id):
        if row.state == BlockerState.OPEN:
            row.state, row.resolved_at = BlockerState.WITHDRAWN, at
    run = repository.open_run(session, task.id)
    if run is not None and run.state == RunState.WAITING and status in _RUNS:
        runs.end(session, run, _RUNS[status], at=at, error=error)
    session.flush()
