"""Tasks as the platform receives and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, TypeAlias

from fastapi import Path
from pydantic import Field

from api.fields import NO_COERCION, STORABLE, Since
from api.platform.envelope import Body, Record
from api.platform.task_words import RANKS, SHOWN, TaskRank, TaskWord
from orchestration.tasks.types import ActorKind, BlockerState, BlockerView, Standing, TaskView

MOST = 2**31 - 1
TaskNumber: TypeAlias = Annotated[int, Path(alias="id", ge=1, le=MOST, description="Number of a task")]
Title = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S"), STORABLE]
LongText = Annotated[str, Field(max_length=20_000), STORABLE]
Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), STORABLE]
Name = Annotated[str, Field(min_length=1, max_length=320, pattern=r"\S"), STORABLE]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$")]
DatasetName = Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]
Minutes = Annotated[int, Field(ge=1, le=1_000_000), NO_COERCION]
Seconds = Annotated[int, Field(ge=1, le=10_000_000), NO_COERCION]


class NewTaskBody(Body):
    title: Title
    description: LongText = Field("", description="What is to be done: for an agent, what it is asked")
    status: TaskWord = TaskWord.TODO
    priority: TaskRank = TaskRank.P2
    assignee: Name | None = Field(
        None, description="An agent's role, a person's name or e-mail address, or `me`; absent: nobody"
    )
    product_slug: Slug | None = Field(None, description="Absent: General")
    category: Word = "task"
    tags: Annotated[str, Field(max_length=500), STORABLE] = ""
    estimated_minutes: Minutes | None = None
    due_date: Since | None = None
    dataset_id: DatasetName | None = Field(
        None, description="The one dataset that it is about: who may not see that sees nothing of the task"
    )


class PlatformTask(Record):
    id: int = Field(description="Counts from 1 within the tenant; no other task gets it, also when this one is gone")
    title: str
    description: str
    status: TaskWord
    priority: TaskRank
    assignee: str | None = Field(description="An agent's role, or a person's name")
    product: str = Field(description="Its slug")
    category: str
    tags: str
    estimated_minutes: int | None
    due_date: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: TaskView) -> PlatformTask:
        return cls(**_fields(view))


class TaskLinkRecord(Record):
    id: int
    title: str
    status: TaskWord

    @classmethod
    def of(cls, view: TaskView) -> TaskLinkRecord:
        return cls(id=view.number, title=view.title, status=SHOWN[view.status])


class BlockerRecord(Record):
    """What the task cannot go on without until a person says it."""

    id: str
    text: str
    raised_by: str
    created_at: datetime

    @classmethod
    def of(cls, view: BlockerView) -> BlockerRecord:
        return cls(id=view.id, text=view.text, raised_by=view.created_by.name, created_at=view.created_at)


class PlatformTaskDetail(PlatformTask):
    """Of other tasks, those that are there for the caller."""

    blockers: list[BlockerRecord] = Field(description="Open ones, oldest first")
    blocked_by: list[TaskLinkRecord] = Field(description="Tasks that it waits for")
    blocks: list[TaskLinkRecord] = Field(description="Tasks that wait for it")
    parent: TaskLinkRecord | None
    subtasks: list[TaskLinkRecord]

    @classmethod
    def whole(cls, view: TaskView, standing: Standing, blockers: Sequence[BlockerView]) -> PlatformTaskDetail:
        return cls(
            **_fields(view),
            blockers=[BlockerRecord.of(one) for one in blockers if one.state is BlockerState.OPEN],
            blocked_by=[TaskLinkRecord.of(one) for one in standing.blocked_by],
            blocks=[TaskLinkRecord.of(one) for one in standing.blocks],
            parent=None if standing.parent is None else TaskLinkRecord.of(standing.parent),
            subtasks=[TaskLinkRecord.of(one) for one in standing.subtasks],
        )


def assignee_of(view: TaskView) -> str | None:
    who = view.assignee
    if who is None:
        return None
    return who.id if who.kind is ActorKind.AGENT else who.name


def description_of(view: TaskView) -> str:
    """Other surfaces tell what is to be done from what is said about it; a task that is made here has one text."""
    return view.description or ("" if view.prompt == view.title else view.prompt)


def _fields(view: TaskView) -> dict[str, Any]:
    return {
        "id": view.number,
        "title": view.title,
        "description": description_of(view),
        "status": SHOWN[view.status],
        "priority": RANKS[view.priority],
        "assignee": assignee_of(view),
        "product": view.project_slug,
        "category": view.kind,
        "tags": view.tags,
        "estimated_minutes": view.estimated_minutes,
        "due_date": view.due_at,
        "created_at": view.created_at,
        "updated_at": view.updated_at,
    }
