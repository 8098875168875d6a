"""What a task waits for a person to say, and what people tell whoever works on it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.command_center.envelope import Body, Record
from api.command_center.schemas.people import Identifier, LongText, Who
from orchestration.tasks.types import BlockerState, BlockerView


class Instructions(Body):
    instructions: LongText


class NewBlocker(Body):
    text: LongText = Field(description="What has to be said or done before the task can go on")
    person_id: Identifier | None = Field(
        None, description="Whom it is put to, by id as in the team's list. Absent: anybody"
    )


class Resolution(Body):
    answer: LongText | None = Field(None, description="Who works on the task hears it")


class BlockerRecord(Record):
    id: str
    task_id: str
    text: str
    status: BlockerState
    person: Who | None = Field(description="Whom it is put to; null: anybody")
    answer: str | None
    created_by: Who
    created_at: datetime
    resolved_by: Who | None
    resolved_at: datetime | None

    @classmethod
    def of(cls, view: BlockerView) -> BlockerRecord:
        return cls(
            id=view.id, task_id=view.task_id, text=view.text, status=view.state,
            person=None if view.person is None else Who.of(view.person), answer=view.answer,
            created_by=Who.of(view.created_by), created_at=view.created_at,
            resolved_by=None if view.resolved_by is None else Who.of(view.resolved_by), resolved_at=view.resolved_at,
        )  # fmt: skip


class BlockerList(Record):
    blockers: list[BlockerRecord]
