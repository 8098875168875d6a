"""Schedules of workspaces as the surface receives and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Field, StrictBool

from api.fields import STORABLE
from api.workspaces.envelope import Body, Record
from kit.pagination import Page
from kit.schedules.types import RunTrigger
from orchestration.scheduled_prompts.types import (
    NewScheduledPrompt,
    PromptRunStatus,
    PromptRunView,
    PromptSource,
    ScheduledPromptChange,
    ScheduledPromptView,
)

_Expression: TypeAlias = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
_Zone: TypeAlias = Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), STORABLE]
_Prompt: TypeAlias = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S"), STORABLE]


class NewSchedule(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "expression": "0 */6 * * *",
                "timezone": "Europe/Berlin",
                "prompt": "What is new since this morning?",
                "enabled": True,
            }
        }
    )

    expression: _Expression = Field(description="A cron expression of five fields")
    prompt: _Prompt = Field(description="What the workspace's agent is asked each time")
    timezone: _Zone = Field("UTC", description="Whose clock the expression is read by")
    enabled: StrictBool = True

    def to_prompt(self) -> NewScheduledPrompt:
        return NewScheduledPrompt(self.expression, self.prompt, self.timezone, self.enabled)


class SchedulePatch(Body):
    expression: _Expression | None = None
    prompt: _Prompt | None = None
    timezone: _Zone | None = None
    enabled: StrictBool | None = None

    def to_change(self) -> ScheduledPromptChange:
        return ScheduledPromptChange(self.expression, self.prompt, self.timezone, self.enabled)


class ScheduleRecord(Record):
    id: str
    workspace_id: str
    expression: str
    timezone: str
    prompt: str
    enabled: bool
    source: PromptSource = Field(description="`template`: the workspace came with it; `runtime`: made over the API")
    last_status: PromptRunStatus | None = Field(description="Of the newest time that has ended; null: none has")
    last_run_at: datetime | None = Field(description="When that was")
    last_task_id: str | None = Field(description="The task that was made last, which may be under way")
    next_run_at: datetime | None = Field(description="Null while it is not enabled")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: ScheduledPromptView) -> ScheduleRecord:
        last = view.last_run
        return cls(
            id=view.id,
            workspace_id=view.workspace_id,
            expression=view.expression,
            timezone=view.time_zone,
            prompt=view.prompt,
            enabled=view.is_enabled,
            source=view.source,
            last_status=None if last is None else last.status,
            last_run_at=None if last is None else last.started_at,
            last_task_id=view.last_task_id,
            next_run_at=view.next_at,
            created_at=view.created_at,
            updated_at=view.updated_at,
        )


class ScheduleList(Record):
    schedules: list[ScheduleRecord]


class ScheduleStarted(Record):
    schedule_id: str
    task_id: str


class ScheduleDeleted(Record):
    id: str
    deleted: bool


class ScheduleRunRecord(Record):
    status: PromptRunStatus
    error_detail: str | None = Field(description="Why it is not a success")
    trigger: RunTrigger
    task_id: str | None = Field(description="Null where none was made")
    due_at: datetime = Field(description="The time that had come, or when it was run by hand")
    started_at: datetime
    finished_at: datetime

    @classmethod
    def of(cls, view: PromptRunView) -> ScheduleRunRecord:
        return cls(
            status=view.status, error_detail=view.detail, trigger=view.trigger, task_id=view.task_id,
            due_at=view.due_at, started_at=view.started_at, finished_at=view.ended_at,
        )  # fmt: skip


class ScheduleHistory(Record):
    history: list[ScheduleRunRecord]
    next_cursor: str | None = Field(description="Give it as `cursor` to get the next page; null on the last one")

    @classmethod
    def of(cls, page: Page[PromptRunView]) -> ScheduleHistory:
        return cls(history=[ScheduleRunRecord.of(view) for view in page.items], next_cursor=page.next_cursor)
