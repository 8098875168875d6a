"""A task's status and priority in the command center's words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from orchestration.tasks.types import TaskStatus


class ShownStatus(StrEnum):
    """`review`: a person is to decide. `closed`: it was called off, and its history stays."""

    CREATED = "created"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    REVIEW = "review"
    WAITING = "waiting"
    BLOCKED = "blocked"
    PAUSED = "paused"
    FAILED = "failed"
    COMPLETED = "completed"
    REASSIGNED = "reassigned"
    CLOSED = "closed"


class ShownPriority(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


SHOWN: Mapping[TaskStatus, ShownStatus] = {
    TaskStatus.CREATED: ShownStatus.CREATED,
    TaskStatus.ASSIGNED: ShownStatus.ASSIGNED,
    TaskStatus.IN_PROGRESS: ShownStatus.IN_PROGRESS,
    TaskStatus.AWAITING_APPROVAL: ShownStatus.REVIEW,
    TaskStatus.AWAITING_REVIEW: ShownStatus.REVIEW,
    TaskStatus.AWAITING_SUBTASK: ShownStatus.WAITING,
    TaskStatus.BLOCKED: ShownStatus.BLOCKED,
    TaskStatus.PAUSED: ShownStatus.PAUSED,
    TaskStatus.FAILED: ShownStatus.FAILED,
    TaskStatus.DONE: ShownStatus.COMPLETED,
    TaskStatus.REASSIGNED: ShownStatus.REASSIGNED,
    TaskStatus.CANCELLED: ShownStatus.CLOSED,
}


def statuses_shown_as(shown: ShownStatus) -> tuple[TaskStatus, ...]:
    return tuple(status for status, word in SHOWN.items() if word is shown)
