"""A task's timeline, and what those who watch are told of it: written together, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kit.events.outbox import publish
from kit.events.types import NewEvent
from orchestration.tasks.models import Task, TaskEvent
from orchestration.tasks.types import Actor, ActorKind, Json, TaskStatus

ACTIVITY_STARTED = "activity_started"
ACTIVITY_COMPLETED = "activity_completed"
ACTIVITY_FAILED = "activity_failed"
ACTIVITY_UPDATED = "activity_updated"
"""Anything else that changed: its status, or a comment."""
TEXT_DELTA = "text_delta"
"""What a run's model says, while it says it: for those who watch that task, not for all of the tenant."""

SYSTEM = Actor(ActorKind.SYSTEM, "system", "Cairn")


_TOPIC = "task:"


def topic_of(task_id: str) -> str:
    return f"{_TOPIC}{task_id}"


def record(
    session: Session, task: Task, type_: str, actor: Actor, *, at: datetime, data: Mapping[str, Json] | None = None
) -> None:
    """Adds a line to the timeline. The task's row is held, so that numbers have no gap and no twin."""
    task.events_count += 1
    session.add(
        TaskEvent(
            task_id=task.id,
            number=task.events_count,
            tenant_id=task.tenant_id,
            at=at,
            type=type_,
            actor_kind=actor.kind,
            actor_id=actor.id[:64],
            actor_name=actor.name[:200],
            data=dict(data or {}),
        )
    )


def tell(session: Session, task: Task, type_: str, *, at: datetime, data: Mapping[str, Any] | None = None) -> None:
    """`type_` as the dashboard documents its events."""
    about = {"activityId": task.id, **(data or {})}
    publish(session, NewEvent(type_, task.tenant_id, about, task.dataset_id, topic_of(task.id)), at=at)


def tell_status(session: Session, task: Task, *, at: datetime, error: str | None = None, runs: int = 0) -> None:
    """What the present status means to those who watch. `runs` are those that there were."""
    match task.status:
        case TaskStatus.IN_PROGRESS:
            role = task.assignee_id if task.assignee_kind == ActorKind.AGENT else None
            tell(session, task, ACTIVITY_STARTED, at=at, data={"title": task.title, "agentRole": role})
        case TaskStatus.DONE:
            data = {"status": task.status, "campaignId": task.project_id}
            tell(session, task, ACTIVITY_COMPLETED, at=at, data=data)
        case TaskStatus.FAILED:
            failure = {"error": error or "failed", "retryCount": max(0, runs - 1)}
            tell(session, task, ACTIVITY_FAILED, at=at, data=failure)
        case _:
            tell(session, task, ACTIVITY_UPDATED, at=at, data={"status": task.status})
