"""Approvals as the dashboard receives and decides them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from api.dashboard.work.schemas.people import Who, WorkPagination, is_absent
from api.dashboard.work.schemas.statuses import SHOWN as SHOWN_STATUS
from api.dashboard.work.schemas.statuses import ShownStatus
from api.fields import STORABLE, RequestBody, ResponseBody
from kit.pagination import Page
from orchestration.approvals.types import (
    ApprovalStats,
    ApprovalStatus,
    ApprovalType,
    ApprovalView,
    Decision,
    LinkedTask,
    Resolution,
    Resolved,
    RiskLevel,
)


class ShownApprovalStatus(StrEnum):
    """The words of the published API."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


SHOWN = {
    ApprovalStatus.PENDING: ShownApprovalStatus.PENDING,
    ApprovalStatus.APPROVED: ShownApprovalStatus.APPROVED,
    ApprovalStatus.REJECTED: ShownApprovalStatus.REJECTED,
    ApprovalStatus.REVISION_REQUESTED: ShownApprovalStatus.REJECTED,
    ApprovalStatus.EXPIRED: ShownApprovalStatus.EXPIRED,
    ApprovalStatus.WITHDRAWN: ShownApprovalStatus.EXPIRED,
}
_RESOLUTIONS = {
    ApprovalStatus.APPROVED: Resolution.APPROVED,
    ApprovalStatus.REJECTED: Resolution.REJECTED,
    ApprovalStatus.REVISION_REQUESTED: Resolution.REVISION_REQUESTED,
}


def statuses_shown_as(shown: ShownApprovalStatus) -> tuple[ApprovalStatus, ...]:
    return tuple(status for status, word in SHOWN.items() if word is shown)


class LinkedActivity(ResponseBody):
    """A task that waits for the decision."""

    id: str
    title: str
    status: ShownStatus

    @classmethod
    def brief(cls, task: LinkedTask) -> LinkedActivity:
        return cls(id=task.id, title=task.title, status=SHOWN_STATUS[task.status])


class ReviewedActivity(LinkedActivity):
    """The same with what it has brought."""

    output_ref: str | None = Field(
        None, exclude_if=is_absent, description="`GET …/activities/{id}/output` has the text"
    )
    output_preview: str | None = Field(None, exclude_if=is_absent, description="The first 500 characters")

    @classmethod
    def of(cls, task: LinkedTask) -> ReviewedActivity:
        return cls(
            id=task.id, title=task.title, status=SHOWN_STATUS[task.status], output_ref=task.output_id,
            output_preview=task.preview,
        )  # fmt: skip


class Resolver(ResponseBody):
    id: str
    name: str


class ApprovalItem(ResponseBody):
    model_config = ConfigDict(title="Approval")

    id: str
    title: str
    type: ApprovalType
    risk_level: RiskLevel
    status: ShownApprovalStatus = Field(
        description="`rejected` also where a revision was asked for, `expired` also where what it was about is gone"
    )
    description: str | None = Field(None, exclude_if=is_absent)
    options: list[str] | None = Field(None, exclude_if=is_absent, description="One of them is chosen by who approves")
    linked_activities: list[LinkedActivity]
    created_by: Who
    created_on: datetime
    expires_at: datetime
    resolved_at: datetime | None = Field(None, exclude_if=is_absent)
    resolved_by: Resolver | None = Field(None, exclude_if=is_absent)
    resolution: Resolution | None = Field(None, exclude_if=is_absent)
    resolution_note: str | None = Field(None, exclude_if=is_absent)

    @classmethod
    def brief(cls, view: ApprovalView) -> ApprovalItem:
        return cls(**_fields(view), linked_activities=[LinkedActivity.brief(one) for one in view.tasks])


class ApprovalRecord(ApprovalItem):
    linked_activities: list[ReviewedActivity]  # type: ignore[assignment]  # each says more than in a list
    selected_option: str | None = Field(None, exclude_if=is_absent)
    metadata: dict[str, Any] = Field(description="What it is about, such as `datasetId` and `crawlJobId` of a crawl")

    @classmethod
    def of(cls, view: ApprovalView) -> ApprovalRecord:
        return cls(
            **_fields(view), linked_activities=[ReviewedActivity.of(one) for one in view.tasks],
            selected_option=view.selected_option, metadata=dict(view.details),
        )  # fmt: skip


def _fields(view: ApprovalView) -> dict[str, Any]:
    by = view.resolved_by
    return {
        "id": view.id,
        "title": view.title,
        "type": view.type,
        "risk_level": view.risk,
        "status": SHOWN[view.status],
        "description": view.description,
        "options": list(view.options) or None,
        "created_by": Who.of(view.created_by),
        "created_on": view.created_at,
        "expires_at": view.expires_at,
        "resolved_at": view.resolved_at,
        "resolved_by": None if by is None else Resolver(id=by.id, name=by.name),
        "resolution": _RESOLUTIONS.get(view.status),
        "resolution_note": view.note,
    }


class ApprovalPage(ResponseBody):
    data: list[ApprovalItem]
    pagination: WorkPagination

    @classmethod
    def of(cls, page: Page[ApprovalView], *, limit: int) -> ApprovalPage:
        pagination = WorkPagination(limit=limit, next_cursor=page.next_cursor, has_more=page.next_cursor is not None)
        return cls(data=[ApprovalItem.brief(view) for view in page.items], pagination=pagination)


class ApprovalDecision(RequestBody):
    model_config = ConfigDict(
        json_schema_extra={"example": {"resolution": "rejected", "note": "These pages are only moved, not gone."}}
    )

    resolution: Resolution
    selected_option: Annotated[str, Field(max_length=500), STORABLE] | None = Field(
        None, description="Needed to approve where there are options"
    )
    note: Annotated[str, Field(max_length=10_000), STORABLE] | None = Field(
        None, description="Needed to reject or to ask for a revision"
    )

    def to_decision(self) -> Decision:
        return Decision(self.resolution, note=self.note, option=self.selected_option)


class ApprovalResolved(ResponseBody):
    approval_id: str
    resolution: Resolution
    re_enqueued_activities: int = Field(description="Activities that are worked on again, whatever was decided")

    @classmethod
    def of(cls, resolved: Resolved) -> ApprovalResolved:
        return cls(
            approval_id=resolved.approval_id, resolution=resolved.resolution, re_enqueued_activities=resolved.woken
        )


class ApprovalCounts(ResponseBody):
    pending: int
    high_risk: int = Field(description="Pending ones of high risk")
    expiring_in24h: int = Field(alias="expiringIn24h", description="Pending ones that expire within 24 hours")
    resolved_this_week: int = Field(description="Decided by somebody since Monday, UTC")

    @classmethod
    def of(cls, stats: ApprovalStats) -> ApprovalCounts:
        return cls(
            pending=stats.pending, high_risk=stats.high_risk, expiring_in24h=stats.expiring,
            resolved_this_week=stats.resolved_this_week,
        )  # fmt: skip
