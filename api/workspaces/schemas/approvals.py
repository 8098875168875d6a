"""Approvals of workspaces as the surface receives, shows and decides them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field

from api.fields import STORABLE
from api.workspaces.envelope import Body, Record
from kit.pagination import Page
from orchestration.approvals.in_workspaces import NewWorkspaceApproval
from orchestration.approvals.types import ApprovalStatus, ApprovalView, Decision, Resolution, RiskLevel
from orchestration.tasks.types import Actor, ActorKind

_LONGEST_METADATA = 20_000


def _storable_json(value: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > _LONGEST_METADATA:
        raise ValueError(f"should have at most {_LONGEST_METADATA} characters as JSON, but has {len(text)}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("should hold no half of a surrogate pair") from None
    return value


_Metadata: TypeAlias = Annotated[dict[str, Any], AfterValidator(_storable_json)]
_Option: TypeAlias = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S"), STORABLE]


class ShownDecision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


class ShownApprovalStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


SHOWN: Mapping[ApprovalStatus, ShownApprovalStatus] = {
    ApprovalStatus.PENDING: ShownApprovalStatus.PENDING,
    ApprovalStatus.APPROVED: ShownApprovalStatus.APPROVED,
    ApprovalStatus.REJECTED: ShownApprovalStatus.REJECTED,
    ApprovalStatus.REVISION_REQUESTED: ShownApprovalStatus.REJECTED,
    ApprovalStatus.EXPIRED: ShownApprovalStatus.EXPIRED,
    ApprovalStatus.WITHDRAWN: ShownApprovalStatus.EXPIRED,
}
_DECISIONS = {
    ShownApprovalStatus.APPROVED: ShownDecision.APPROVE,
    ShownApprovalStatus.REJECTED: ShownDecision.REJECT,
}
_RESOLUTIONS = {ShownDecision.APPROVE: Resolution.APPROVED, ShownDecision.REJECT: Resolution.REJECTED}


def statuses_shown_as(shown: ShownApprovalStatus) -> tuple[ApprovalStatus, ...]:
    return tuple(status for status, word in SHOWN.items() if word is shown)


class NewApproval(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "action": "Post the weekly summary",
                "metadata": {"channel": "general"},
                "options": ["now", "tomorrow at nine"],
            }
        }
    )

    action: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S"), STORABLE] = Field(
        description="What the agent would do"
    )
    description: Annotated[str, Field(max_length=10_000), STORABLE] | None = None
    metadata: _Metadata = Field(default_factory=dict, description="Whatever whoever decides should know")
    options: Annotated[list[_Option], Field(max_length=20)] = Field(
        default_factory=list, description="One of them may be chosen by who approves"
    )
    risk_level: RiskLevel = RiskLevel.MEDIUM

    def to_approval(self) -> NewWorkspaceApproval:
        options = tuple(dict.fromkeys(self.options))
        return NewWorkspaceApproval(self.action, self.description, self.metadata, options, self.risk_level)


class Decide(Body):
    decision: ShownDecision
    option: Annotated[str, Field(max_length=500), STORABLE] | None = Field(
        None, description="Needed to approve where a task waits for a choice"
    )
    note: Annotated[str, Field(max_length=10_000), STORABLE] | None = None

    def to_decision(self) -> Decision:
        return Decision(_RESOLUTIONS[self.decision], note=self.note, option=self.option)


class Somebody(Record):
    type: ActorKind
    id: str
    name: str

    @classmethod
    def of(cls, actor: Actor) -> Somebody:
        return cls(type=actor.kind, id=actor.id, name=actor.name)


class ApprovalRecord(Record):
    id: str
    workspace_id: str | None
    action: str
    description: str | None
    metadata: dict[str, Any]
    options: list[str]
    risk_level: RiskLevel
    status: ShownApprovalStatus
    decision: ShownDecision | None = Field(description="Null while nobody has decided, and where nobody did in time")
    selected_option: str | None
    note: str | None
    task_ids: list[str] = Field(description="Tasks that wait for it, of those that the caller may see")
    created_by: Somebody
    created_at: datetime
    expires_at: datetime
    decided_by: Somebody | None
    decided_at: datetime | None

    @classmethod
    def of(cls, view: ApprovalView) -> ApprovalRecord:
        status = SHOWN[view.status]
        return cls(
            id=view.id,
            workspace_id=view.workspace_id,
            action=view.title,
            description=view.description,
            metadata=dict(view.details),
            options=list(view.options),
            risk_level=view.risk,
            status=status,
            decision=_DECISIONS.get(status),
            selected_option=view.selected_option,
            note=view.note,
            task_ids=[task.id for task in view.tasks],
            created_by=Somebody.of(view.created_by),
            created_at=view.created_at,
            expires_at=view.expires_at,
            decided_by=None if view.resolved_by is None else Somebody.of(view.resolved_by),
            decided_at=view.resolved_at,
        )


class ApprovalList(Record):
    approvals: list[ApprovalRecord]
    next_cursor: str | None = Field(description="Give it as `cursor` to get the next page; null on the last one")

    @classmethod
    def of(cls, page: Page[ApprovalView]) -> ApprovalList:
        return cls(approvals=[ApprovalRecord.of(view) for view in page.items], next_cursor=page.next_cursor)
