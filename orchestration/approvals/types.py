"""The vocabulary of approvals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from orchestration.tasks.types import Actor, Json, TaskStatus

PATIENCE = timedelta(days=7)
"""How long an approval waits where nothing else is said."""


class ApprovalStatus(StrEnum):
    """`withdrawn`: what it was about is gone, so that there is nothing to decide."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVISION_REQUESTED = "revision_requested"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Resolution(StrEnum):
    """What a person may decide."""

    APPROVED = "approved"
    REJECTED = "rejected"
    REVISION_REQUESTED = "revision_requested"


class ApprovalType(StrEnum):
    CONTENT_REVIEW = "content_review"
    CONTENT_DIRECTION = "content_direction"
    BRAND_DIRECTION = "brand_direction"
    STRATEGY_CHANGE = "strategy_change"
    BUDGET_AUTHORIZATION = "budget_authorization"
    CHANNEL_ACTION = "channel_action"


class RiskLevel(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Subject:
    """Something other than tasks that waits for the decision; `kind` names who acts on it."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Request:
    """`options`: one of them is chosen by whoever approves. `dataset_id`: who may not see that dataset sees nothing of
    the approval. `expires_at` None: after PATIENCE. `workspace_id`: it is of that workspace, and for its tokens to
    see; `asked_with` is the token that it was asked for with, or the one which that goes back to."""

    tenant_id: str
    title: str
    type: ApprovalType
    risk: RiskLevel
    description: str | None = None
    options: Sequence[str] = ()
    task_ids: Sequence[str] = ()
    subject: Subject | None = None
    dataset_id: str | None = None
    expires_at: datetime | None = None
    details: Mapping[str, Json] = field(default_factory=dict)
    workspace_id: str | None = None
    asked_with: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`note` is needed to reject or to ask for a revision, `option` to approve where there are options."""

    resolution: Resolution
    note: str | None = None
    option: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """`woken` counts the tasks that are worked on again."""

    approval_id: str
    resolution: Resolution
    woken: int


@dataclass(frozen=True, slots=True)
class ApprovalQuery:
    """None is no condition. `is_in_workspaces`: of any workspace."""

    statuses: Sequence[ApprovalStatus] | None = None
    type: ApprovalType | None = None
    risk: RiskLevel | None = None
    workspace_id: str | None = None
    is_in_workspaces: bool = False


@dataclass(frozen=True, slots=True)
class LinkedTask:
    """`preview` is the beginning of what the task has brought."""

    id: str
    title: str
    status: TaskStatus
    output_id: str | None
    preview: str | None


@dataclass(frozen=True, slots=True)
class ApprovalView:
    id: str
    title: str
    type: ApprovalType
    risk: RiskLevel
    status: ApprovalStatus
    description: str | None
    options: Sequence[str]
    details: Mapping[str, Json]
    tasks: Sequence[LinkedTask]
    created_by: Actor
    created_at: datetime
    expires_at: datetime
    resolved_at: datetime | None
    resolved_by: Actor | None
    selected_option: str | None
    note: str | None
    workspace_id: str | None


@dataclass(frozen=True, slots=True)
class ApprovalStats:
    pending: int
    high_risk: int
    expiring: int
    resolved_this_week: int
