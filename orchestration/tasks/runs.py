"""Runs as rows, whoever changes them: brought to a halt, told something, settled, ended. The task's row is held."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kit.ids import new_id
from kit.jobs.queue import JobQueue
from orchestration.tasks import repository
from orchestration.tasks.jobs import RUN
from orchestration.tasks.models import Task, TaskRun
from orchestration.tasks.run_models import RunInput, RunTurn, RunWait
from orchestration.tasks.types import Actor, Json, RunState, WaitKind


def halt(session: Session, queue: JobQueue, task: Task) -> None:
    """The task's run waits from now on, as a row. A worker in the middle of a turn finds its job gone at its next
    write, and lets the turn go."""
    run = repository.open_run(session, task.id)
    if run is not None:
        run.state = RunState.WAITING
        session.flush()
    queue.cancel(session, subject=task.id, kinds=(RUN,))


def end(session: Session, run: TaskRun, state: RunState, *, at: datetime, error: str | None = None) -> None:
    """What passages said is kept no longer than it is needed: their files may be deleted, or be for others, later."""
    run.state, run.completed_at = state, at
    if error is not None:
        run.error = error
    for turn in session.scalars(select(RunTurn).where(RunTurn.run_id == run.id)):
        turn.calls = [_trimmed(call) for call in turn.calls]
    session.flush()


def tell_run(session: Session, task: Task, text: str, author: Actor, *, at: datetime) -> None:
    """Whoever works on the task hears it before the next turn."""
    run = repository.open_run(session, task.id)
    turns = 0 if run is None else turns_count(session, run.id)
    session.add(
        RunInput(
            id=new_id(),
            tenant_id=task.tenant_id,
            task_id=task.id,
            run_id=None if run is None else run.id,
            turn=turns,
            text=text,
            author_kind=author.kind,
            author_id=author.id[:64],
            author_name=author.name[:200],
            created_at=at,
        )
    )
    session.flush()


def turns_count(session: Session, run_id: str) -> int:
    return session.scalar(select(func.count()).select_from(RunTurn).where(RunTurn.run_id == run_id)) or 0


def settle(session: Session, kind: WaitKind, ref_id: str, result: Mapping[str, Json], *, at: datetime) -> bool:
    """The call that waits for it has its result. Whether there was one."""
    wait = waiting_for(session, kind, ref_id)
    if wait is None:
        return False
    wait.result, wait.settled_at = json.dumps(result, ensure_ascii=False), at
    session.flush()
    return True


def waiting_for(session: Session, kind: WaitKind, ref_id: str) -> RunWait | None:
    wanted = select(RunWait).where(RunWait.kind == kind, RunWait.ref_id == ref_id, RunWait.settled_at.is_(None))
    return session.scalar(wanted)


def without_texts(result: Mapping[str, Any]) -> Mapping[str, Json]:
    """Passages by citation alone."""
    if "passages" not in result:
        return result
    passages = [{"citation": one["citation"], "chunk_id": one["chunk_id"]} for one in result["passages"]]
    return {**result, "passages": passages}


def _trimmed(call: Mapping[str, Any]) -> dict[str, Any]:
    if call["result"] is None or '"passages"' not in call["result"]:
        return dict(call)
    return {**call, "result": json.dumps(without_texts(json.loads(call["result"])), ensure_ascii=False)}
