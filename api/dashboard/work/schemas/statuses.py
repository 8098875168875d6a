"""A task's status in the dashboard's words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from orchestration.tasks.types import TaskStatus


class ShownStatus(StrEnum):
    """The words of the published API. `blocked` also where it is paused, `failed` also where it was called off."""

    CREATED = "created"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_SUBTASK = "awaiting_subtask"
    AWAITING_REVIEW = "awaiting_review"
    BLOCKED = "blocked"
    DONE = "done"
    REASSIGNED = "reassigned"
    FAILED = "failed"


_WORDS = frozenset(ShownStatus)

SHOWN: Mapping[TaskStatus, ShownStatus] = {
    **{status: ShownStatus(status.value) for status in TaskStatus if status.value in _WORDS},
    TaskStatus.PAUSED: ShownStatus.BLOCKED,
    TaskStatus.CANCELLED: ShownStatus.FAILED,
}


def statuses_shown_as(shown: ShownStatus) -> tuple[TaskStatus, ...]:
    return tuple(status for status, word in SHOWN.items() if word is shown)
