"""What making a task has in common for the platform's own surface and its public API."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from identity.quotas import MINUTE
from identity.rates import Bound
from identity.types import Principal
from kit.errors import RateLimited
from orchestration.runtime import Runtime
from orchestration.tasks.types import NewTask, TaskStatus, TaskView


def slow_down(runtime: Runtime, principal: Principal) -> None:
    """RateLimited for a key that makes too many."""
    limit = runtime.settings.task_rate_limit
    if not limit:
        return
    allowance = runtime.rates.take(Bound(f"tasks of key {principal.key_id}", limit, MINUTE))
    if not allowance.is_allowed:
        raise RateLimited(
            f"this key may make {limit} tasks a minute; go on in {allowance.reset} seconds",
            retry_after=float(allowance.reset),
            limit=limit,
        )


def make(
    runtime: Runtime, session: Session, principal: Principal, new: NewTask, *, assignee: str | None, field: str,
    status: TaskStatus,
) -> TaskView:  # fmt: skip
    """`assignee` as it was sent, in `field`. What is there already is given back as it is."""
    work = runtime.teamwork
    if assignee is not None:
        kind, who = work.assignees.one(session, principal, assignee, field)
        new = replace(new, assignee_kind=kind, assignee_id=who)
    view, is_new = work.numbered.create(session, principal, new)
    if is_new and status is not TaskStatus.CREATED:
        work.steering.put(session, principal, view.id, status)
        view = work.tasks.get(session, principal, view.id)
    return view
