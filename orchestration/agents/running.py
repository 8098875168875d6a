"""How much agents are at."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from orchestration.tasks.models import Task, TaskRun
from orchestration.tasks.types import ActorKind, RunState


def running(session: Session, tenant_id: str) -> Mapping[str, int]:
    """Runs under way by role."""
    wanted = (
        select(Task.assignee_id, func.count())
        .join(TaskRun, TaskRun.task_id == Task.id)
        .where(Task.tenant_id == tenant_id, Task.assignee_kind == ActorKind.AGENT, TaskRun.state == RunState.RUNNING)
        .group_by(Task.assignee_id)
    )
    return {role: count for role, count in session.execute(wanted) if role is not None}
