"""The one table of what a task's status may become."""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.tasks.errors import TaskCannotBecome
from orchestration.tasks.types import TaskStatus as S

TRANSITIONS: Mapping[S, frozenset[S]] = {
    S.CREATED: frozenset({S.ASSIGNED, S.BLOCKED, S.PAUSED, S.CANCELLED}),
    S.ASSIGNED: frozenset({S.IN_PROGRESS, S.REASSIGNED, S.BLOCKED, S.PAUSED, S.FAILED, S.CANCELLED}),
    S.IN_PROGRESS: frozenset(
        {
            S.AWAITING_APPROVAL, S.AWAITING_REVIEW, S.AWAITING_SUBTASK, S.BLOCKED, S.PAUSED, S.DONE, S.FAILED,
            S.REASSIGNED, S.CANCELLED,
        }
    ),
    S.AWAITING_APPROVAL: frozenset({S.ASSIGNED, S.FAILED, S.CANCELLED}),
    S.AWAITING_REVIEW: frozenset({S.ASSIGNED, S.DONE, S.CANCELLED}),
    S.AWAITING_SUBTASK: frozenset({S.ASSIGNED, S.FAILED, S.CANCELLED}),
    S.BLOCKED: frozenset({S.ASSIGNED, S.REASSIGNED, S.FAILED, S.CANCELLED}),
    S.PAUSED: frozenset({S.ASSIGNED, S.REASSIGNED, S.CANCELLED}),
    S.REASSIGNED: frozenset({S.ASSIGNED, S.CANCELLED}),
    S.FAILED: frozenset({S.ASSIGNED, S.REASSIGNED, S.CANCELLED}),
    S.DONE: frozenset(),
    S.CANCELLED: frozenset(),
}  # fmt: skip
"""What is done or cancelled stays so: more work on the same matter is another task."""

ENDED = frozenset({S.DONE, S.CANCELLED})
OVER = ENDED | {S.FAILED}
"""Nobody works on it, nor is anything waited for."""


def check(task_id: str, present: S, wanted: S) -> None:
    """TaskCannotBecome where the table has no such step."""
    if wanted not in TRANSITIONS[present]:
        raise TaskCannotBecome(task_id, present, wanted)
