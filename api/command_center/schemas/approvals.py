"""Approvals as the command center shows and decides them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from api.command_center.envelope import Body, Record
from api.command_center.schemas.people import Who
from api.command_center.schemas.statuses import SHOWN, ShownStatus
from api.fields import STORABLE
from kit.pagination import Page
from orchestration.approvals.types import ApprovalType, ApprovalView, Decision, Resolution, RiskLevel

Note = Annotated[str, Field(max_length=10_000), STORABLE]


class Approve(Body):
    option: Annotated[str, Field(max_length=500), STORABLE] | None = Field(
        None, description="Needed where the approval has options"
    )
    note: Note | None = None

    def to_decision(self) -> Decision:
        return Decision(Resolution.APPROVED, note=self.note, option=self.option)


class Reject(Body):
    feedback: Annotated[str, Field(min_length=1, max_length=10_000, pattern=r"\S"), STORABLE] = Field(
        description="What is to be better: whoever works on the task gets it"
    )

    def to_decision(self) -> Decision:
        return Decision(Resolution.REJECTED, note=self.feedback)


class WaitingTask(Record):
    id: str
    title: str
    status: ShownStatus
    preview: str | None = Field(description="The first 500 characters of what it has brought")


class PendingApproval(Record):
    id: str
    type: ApprovalType
    risk_level: RiskLevel
    title: str
    description: str | None
    options: list[str] = Field(description="One of them is chosen by who approves; empty where there are none")
    tasks: list[WaitingTask] = Field(description="`POST /tasks/{task_id}/approve` or `/reject` decides")
    metadata: dict[str, Any]
    created_by: Who
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, view: ApprovalView) -> PendingApproval:
        return cls(
            id=view.id,
            type=view.type,
            risk_level=view.risk,
            title=view.title,
            description=view.description,
            options=list(view.options),
            tasks=[
                WaitingTask(id=one.id, title=one.title, status=SHOWN[one.status], preview=one.preview)
                for one in view.tasks
            ],
            metadata=dict(view.details),
            created_by=Who.of(view.created_by),
            created_at=view.created_at,
            expires_at=view.expires_at,
        )


class PendingApprovals(Record):
    approvals: list[PendingApproval]
    next_cursor: str | None = Field(description="Give it as `cursor` to get the next page; null on the last one")

    @classmethod
    def of(cls, page: Page[ApprovalView]) -> PendingApprovals:
        return cls(approvals=[PendingApproval.of(view) for view in page.items], next_cursor=page.next_cursor)
