"""Tasks as the command center shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from api.command_center.envelope import Record
from api.command_center.schemas.comments import CommentRecord
from api.command_center.schemas.people import Who
from api.command_center.schemas.statuses import SHOWN, ShownPriority, ShownStatus
from kit.pagination import Page
from orchestration.tasks.types import (
    ActorKind,
    EventView,
    OutputView,
    Related,
    TaskDetail,
    TaskStatus,
    TaskView,
    TextFormat,
)


class TaskRecord(Record):
    id: str
    project_id: str
    project_name: str
    parent_task_id: str | None
    dataset_id: str | None
    task_type: str
    title: str
    description: str
    instructions: str = Field(description="What is to be done: for a specialist, what it is asked")
    status: ShownStatus
    priority: ShownPriority
    specialist: str | None = Field(description="The runtime actor whose it is; null where it is a person's or nobody's")
    assignee: Who | None
    needs_approval: bool
    approval_id: str | None = Field(description="The newest approval that it waited for")
    wake_reason: str | None = Field(description="Why it was last worked on")
    feedback: str | None = Field(description="What the last review asked for")
    cost_usd: float
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None

    @classmethod
    def of(cls, view: TaskView) -> TaskRecord:
        return cls(**_fields(view))


def _fields(view: TaskView) -> dict[str, Any]:
    who = view.assignee
    return {
        "id": view.id,
        "project_id": view.project_id,
        "project_name": view.project_name,
        "parent_task_id": view.parent_id,
        "dataset_id": view.dataset_id,
        "task_type": view.kind,
        "title": view.title,
        "description": view.description,
        "instructions": view.prompt,
        "status": SHOWN[view.status],
        "priority": ShownPriority[view.priority.name],
        "specialist": who.id if who is not None and who.kind is ActorKind.AGENT else None,
        "assignee": None if who is None else Who.of(who),
        "needs_approval": view.needs_review,
        "approval_id": view.approval_id,
        "wake_reason": view.wake_reason,
        "feedback": view.feedback,
        "cost_usd": view.cost_usd,
        "created_at": view.created_at,
        "updated_at": view.updated_at,
        "started_at": view.started_at,
        "completed_at": view.completed_at,
    }


class TaskList(Record):
    tasks: list[TaskRecord]
    next_cursor: str | None = Field(description="Give it as `cursor` to get the next page; null on the last one")

    @classmethod
    def of(cls, page: Page[TaskView]) -> TaskList:
        return cls(tasks=[TaskRecord.of(view) for view in page.items], next_cursor=page.next_cursor)


class ArtifactRecord(Record):
    """A version of what the task has brought. Cited passages stand as `“sentence” [cite:KEY]`."""

    id: str
    version: int
    format: TextFormat
    content: str
    created_at: datetime

    @classmethod
    def of(cls, view: OutputView) -> ArtifactRecord:
        return cls(id=view.id, version=view.version, format=view.format, content=view.text, created_at=view.created_at)


class TaskDetailRecord(TaskRecord):
    artifacts: list[ArtifactRecord] = Field(description="Every version, oldest first")
    comments: list[CommentRecord] = Field(description="Oldest first")
    subtasks: list[TaskRecord]
    follows: str | None = Field(description="The task of which this is a follow-up")
    follow_ups: list[str] = Field(description="Tasks that follow this one, oldest first")

    @classmethod
    def whole(cls, detail: TaskDetail, artifacts: Sequence[OutputView], related: Related) -> TaskDetailRecord:
        return cls(
            **_fields(detail.task),
            artifacts=[ArtifactRecord.of(one) for one in artifacts],
            comments=[CommentRecord.of(one) for one in detail.comments],
            subtasks=[TaskRecord.of(one) for one in detail.subtasks],
            follows=related.follows,
            follow_ups=list(related.follow_ups),
        )


class TaskEventRecord(Record):
    """A line of the timeline: lines are added and never changed."""

    sequence: int = Field(description="Counts from 1 within the task")
    type: str
    actor: Who
    data: dict[str, Any]
    created_at: datetime

    @classmethod
    def of(cls, view: EventView) -> TaskEventRecord:
        data = {in_snake_case(name): value for name, value in view.data.items()}
        if view.type == "status_changed":
            data |= {end: SHOWN[TaskStatus(str(data[end]))].value for end in ("from", "to")}
        return cls(sequence=view.number, type=view.type, actor=Who.of(view.actor), data=data, created_at=view.at)


class TaskEventList(Record):
    events: list[TaskEventRecord]


def in_snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
