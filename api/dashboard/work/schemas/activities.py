"""Activities as the dashboard shows them: in lists, whole, and what they have brought."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict, Field

from api.dashboard.work.schemas.approvals import SHOWN as SHOWN_APPROVAL
from api.dashboard.work.schemas.approvals import ShownApprovalStatus
from api.dashboard.work.schemas.comments import ActivityComment
from api.dashboard.work.schemas.people import Who, WorkPagination, is_absent
from api.dashboard.work.schemas.statuses import SHOWN, ShownStatus
from api.fields import ResponseBody
from kit.pagination import Page
from orchestration.approvals.types import ApprovalType, ApprovalView
from orchestration.tasks.types import Actor, ActorKind, OutputView, RunState, RunView, TaskDetail, TaskView, TextFormat

PREVIEW = 500
_NOBODY = Actor(ActorKind.HUMAN, "", "")


class ActivitySummary(ResponseBody):
    id: str
    title: str
    type: str
    status: ShownStatus
    agent_role: str | None
    assignee_name: str = Field(description="Empty where nobody is assigned")
    campaign_id: str
    campaign_name: str
    approval_id: str | None = Field(None, exclude_if=is_absent, description="The newest approval that it waited for")
    wake_reason: str | None = Field(None, exclude_if=is_absent, description="Why it was last worked on")
    started_at: datetime | None = Field(None, exclude_if=is_absent)
    completed_at: datetime | None = Field(None, exclude_if=is_absent)
    cost_usd: float
    created_on: datetime

    @classmethod
    def of(cls, view: TaskView) -> ActivitySummary:
        return cls(
            id=view.id,
            title=view.title,
            type=view.kind,
            status=SHOWN[view.status],
            agent_role=_role(view),
            assignee_name=(view.assignee or _NOBODY).name,
            campaign_id=view.project_id,
            campaign_name=view.project_name,
            approval_id=view.approval_id,
            wake_reason=view.wake_reason,
            started_at=view.started_at,
            completed_at=view.completed_at,
            cost_usd=view.cost_usd,
            created_on=view.created_at,
        )


class ActivityPage(ResponseBody):
    data: list[ActivitySummary]
    pagination: WorkPagination

    @classmethod
    def of(cls, page: Page[TaskView], *, limit: int) -> ActivityPage:
        pagination = WorkPagination(limit=limit, next_cursor=page.next_cursor, has_more=page.next_cursor is not None)
        return cls(data=[ActivitySummary.of(view) for view in page.items], pagination=pagination)


class RunOutcome(StrEnum):
    COMPLETED = "completed"
    FAILED = "failed"
    TIMEOUT = "timeout"


_OUTCOMES = {
    RunState.COMPLETED: RunOutcome.COMPLETED,
    RunState.FAILED: RunOutcome.FAILED,
    RunState.TIMEOUT: RunOutcome.TIMEOUT,
    RunState.CANCELLED: RunOutcome.FAILED,
}


class ActivityRun(ResponseBody):
    id: str
    status: RunOutcome
    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: float
    duration_ms: int
    started_at: datetime
    completed_at: datetime | None = Field(None, exclude_if=is_absent)
    error: str | None = Field(None, exclude_if=is_absent)

    @classmethod
    def of(cls, view: RunView) -> ActivityRun:
        return cls(
            id=view.id,
            status=_OUTCOMES[view.state],
            model=view.model,
            input_tokens=view.input_tokens,
            output_tokens=view.output_tokens,
            cost_usd=view.cost_usd,
            duration_ms=view.duration_ms,
            started_at=view.started_at,
            completed_at=view.completed_at,
            error="cancelled" if view.state is RunState.CANCELLED else view.error,
        )


class ActivityCampaign(ResponseBody):
    id: str
    name: str


class ActivityApproval(ResponseBody):
    id: str
    type: ApprovalType
    status: ShownApprovalStatus

    @classmethod
    def of(cls, view: ApprovalView) -> ActivityApproval:
        return cls(id=view.id, type=view.type, status=SHOWN_APPROVAL[view.status])


class Activity(ResponseBody):
    id: str
    title: str
    type: str
    status: ShownStatus
    agent_role: str | None
    assignee: Who = Field(description="Without id and name where nobody is assigned")
    campaign: ActivityCampaign
    approval: ActivityApproval | None = Field(None, exclude_if=is_absent)
    input_prompt: str
    output_ref: str | None = Field(
        None, exclude_if=is_absent, description="`GET …/activities/{id}/output` has the text"
    )
    output_preview: str | None = Field(None, exclude_if=is_absent, description="The first 500 characters")
    comments: list[ActivityComment]
    runs: list[ActivityRun] = Field(description="Those that have ended, oldest first")
    subtasks: list[ActivitySummary]
    created_on: datetime
    updated_on: datetime
    description: str
    dataset_id: str | None = Field(None, exclude_if=is_absent, description="The one dataset that it is about")
    needs_approval: bool = Field(description="A person approves what an agent brings before it is done")
    wake_reason: str | None = Field(None, exclude_if=is_absent, description="Why it was last worked on")
    reviewer_feedback: str | None = Field(None, exclude_if=is_absent, description="What the last review asked for")

    @classmethod
    def of(cls, detail: TaskDetail, approval: ApprovalView | None) -> Activity:
        view, output = detail.task, detail.output
        return cls(
            id=view.id,
            title=view.title,
            type=view.kind,
            status=SHOWN[view.status],
            agent_role=_role(view),
            assignee=Who.of(view.assignee or _NOBODY),
            campaign=ActivityCampaign(id=view.project_id, name=view.project_name),
            approval=None if approval is None else ActivityApproval.of(approval),
            input_prompt=view.prompt,
            output_ref=None if output is None else output.id,
            output_preview=None if output is None else output.text[:PREVIEW],
            comments=[ActivityComment.of(one) for one in detail.comments],
            runs=[ActivityRun.of(run) for run in detail.runs if run.state in _OUTCOMES],
            subtasks=[ActivitySummary.of(one) for one in detail.subtasks],
            created_on=view.created_at,
            updated_on=view.updated_at,
            description=view.description,
            dataset_id=view.dataset_id,
            needs_approval=view.needs_review,
            wake_reason=view.wake_reason,
            reviewer_feedback=view.feedback,
        )


class ActivityOutput(ResponseBody):
    """Cited passages stand as `“sentence” [cite:KEY]`; `[unsupported:KEY]` where the passage does not say that."""

    model_config = ConfigDict(title="ActivityOutput")

    activity_id: str
    text: str
    format: TextFormat
    created_on: datetime
    version: int = Field(description="Counts from 1; each review that asks for more makes another")

    @classmethod
    def of(cls, activity_id: str, view: OutputView) -> ActivityOutput:
        return cls(
            activity_id=activity_id, text=view.text, format=view.format, created_on=view.created_at,
            version=view.version,
        )  # fmt: skip


def _role(view: TaskView) -> str | None:
    who = view.assignee
    return who.id if who is not None and who.kind is ActorKind.AGENT else None
