"""The vocabulary of tasks that come again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kit.schedules.types import Trigger
from orchestration.tasks.types import Actor, ActorKind, Scalar

RECURRING_TASK = "recurring_task"
"""The kind of schedule."""


class VariableType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Variable:
    """`{{key}}` in the prompt stands for its value."""

    key: str
    label: str
    type: VariableType = VariableType.TEXT
    required: bool = False


@dataclass(frozen=True, slots=True)
class NewRecurringTask:
    """`cron` for trigger `cron` only. The rest as in NewTask."""

    name: str
    kind: str
    prompt: str
    assignee_kind: ActorKind
    assignee_id: str
    trigger: Trigger
    cron: str | None = None
    time_zone: str = "UTC"
    description: str = ""
    project_id: str | None = None
    dataset_id: str | None = None
    needs_review: bool = False
    variables: Sequence[Variable] = ()
    values: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecurringChange:
    """None leaves as it is. `values` replaces those that it names."""

    is_active: bool | None = None
    values: Mapping[str, Scalar] | None = None


@dataclass(frozen=True, slots=True)
class RecurringView:
    """`cron` is the expression in effect; None: never by itself. `next_at` None also while it is not active."""

    id: str
    name: str
    description: str
    kind: str
    prompt: str
    assignee: Actor
    trigger: Trigger
    cron: str | None
    time_zone: str
    is_active: bool
    needs_review: bool
    dataset_id: str | None
    variables: Sequence[Variable]
    values: Mapping[str, Scalar]
    next_at: datetime | None
    last_run_at: datetime | None
    last_task_id: str | None
