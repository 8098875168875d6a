"""Tasks as the public API receives and shows them, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from api.fields import NO_COERCION
from api.platform.envelope import Body, Record
from api.platform.task_records import MOST, LongText, Name, Seconds, Title, assignee_of, description_of
from api.platform.task_words import SHOWN as SHOWN_INSIDE
from api.platform.task_words import WRITTEN, TaskWord
from orchestration.tasks.types import Priority, TaskStatus, TaskView


class PublicWord(StrEnum):
    TODO = "todo"
    IN_PROGRESS = "in_progress"
    REVIEW = "review"
    DONE = "done"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"


class PublicRank(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class PublicType(StrEnum):
    FEATURE = "feature"
    BUG = "bug"
    RESEARCH = "research"
    OPS = "ops"
    INFRA = "infra"
    CONTENT = "content"
    OTHER = "other"


_WORDS: Mapping[TaskWord, PublicWord] = {
    word: PublicWord.CANCELLED if word is TaskWord.ARCHIVED else PublicWord(word.value) for word in TaskWord
}
"""One word apart from those of `/api/tasks`."""
SHOWN: Mapping[TaskStatus, PublicWord] = {status: _WORDS[word] for status, word in SHOWN_INSIDE.items()}
STATUS_OF: Mapping[PublicWord, TaskStatus] = {_WORDS[word]: status for word, status in WRITTEN.items()}
PRIORITY_OF: Mapping[PublicRank, Priority] = {rank: Priority[rank.name] for rank in PublicRank}

ProductNumber: TypeAlias = Annotated[int, Field(ge=1, le=MOST), NO_COERCION]
_TYPES = {one.value for one in PublicType}


class NewPublicTask(Body):
    title: Title
    description: LongText = Field("", description="What is to be done: for an agent, what it is asked")
    type: PublicType = PublicType.OTHER
    priority: PublicRank = PublicRank.MEDIUM
    status: PublicWord = PublicWord.TODO
    assigned_to: Name | None = Field(
        None, description="An agent's role, a person's name or e-mail address, or `me`; absent: nobody"
    )
    product_id: ProductNumber | None = Field(None, description="Absent: General")
    max_duration_seconds: Seconds | None = Field(None, description="Bounds each run of an agent that is run here")


class PublicTaskChange(Body):
    title: Title | None = None
    description: LongText | None = None
    type: PublicType | None = None
    priority: PublicRank | None = None
    status: PublicWord | None = None
    assigned_to: Name | None = Field(None, description="As for a new task: who gets it begins anew")
    product_id: ProductNumber | None = None
    resolution: LongText | None = Field(None, description="What came of it")
    max_duration_seconds: Seconds | None = None


class PublicTask(Record):
    id: int
    title: str
    description: str
    type: PublicType
    priority: PublicRank
    status: PublicWord
    assigned_to: str | None = Field(description="An agent's role, or a person's name")
    product_id: int
    resolution: str | None
    max_duration_seconds: int | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None

    @classmethod
    def of(cls, view: TaskView) -> PublicTask:
        return cls(
            id=view.number,
            title=view.title,
            description=description_of(view),
            type=PublicType(view.kind) if view.kind in _TYPES else PublicType.OTHER,
            priority=PublicRank[view.priority.name],
            status=SHOWN[view.status],
            assigned_to=assignee_of(view),
            product_id=view.project_number,
            resolution=view.resolution,
            max_duration_seconds=view.max_duration_seconds,
            created_at=view.created_at,
            updated_at=view.updated_at,
            started_at=view.started_at,
            completed_at=view.completed_at,
        )
