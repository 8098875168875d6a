"""How much agents are at."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from orchestration.tasks.models import Task, TaskRun
from orchestration.tasks.types import ActorKind, RunState


def in_turn(session: Session, tenant_id: str, role: str) -> None:
    """Before runs under way are counted to begin another: whoever counts them at the same moment waits until this
    transaction has ended, since both would find room for one. SQLite has one writer at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(blake2b(f"agent {tenant_id} {role}".encode(), digest_size=8).digest(), signed=True)
        session.execute(text("select pg_advisory_xact_lock(:id)"), {"id": key})


def running(session: Session, tenant_id: str) -> Mapping[str, int]:
    """Runs under way by role."""
    wanted = (
        select(Task.assignee_id, func.count())
        .join(TaskRun, TaskRun.task_id == Task.id)
        .where(Task.tenant_id == tenant_id, Task.assignee_kind == ActorKind.AGENT, TaskRun.state == RunState.RUNNING)
        .group_by(Task.assignee_id)
    )
    return {role: count for role, count in session.execute(wanted) if role is not None}
