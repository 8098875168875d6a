"""Comments as the command center receives and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import Field, model_validator

from api.command_center.envelope import Body, Record
from api.command_center.schemas.people import Identifier, LongText, TaskType, Title, Who
from orchestration.tasks.types import Actor, ActorKind, CommentKind, CommentView, FollowUp


class NewFollowUp(Body):
    """Of the same project and dataset as the task that it follows."""

    title: Title
    instructions: LongText
    task_type: TaskType = "follow_up"
    specialist: Identifier | None = Field(None, description="A runtime actor; it begins at once where it is run here")
    assignee_id: Identifier | None = Field(None, description="A person, by id as in the team's list")

    @model_validator(mode="after")
    def _is_of_one(self) -> Self:
        if self.specialist is not None and self.assignee_id is not None:
            raise ValueError("name either specialist or assignee_id")
        return self

    def to_follow_up(self) -> FollowUp:
        kind, who = assigned_to(self.specialist, self.assignee_id)
        return FollowUp(self.title, self.instructions, self.task_type, kind, who)


def assigned_to(specialist: str | None, person: str | None) -> tuple[ActorKind | None, str | None]:
    if specialist is not None:
        return ActorKind.AGENT, specialist
    return (None, None) if person is None else (ActorKind.HUMAN, person)


class NewComment(Body):
    text: LongText = Field(description="`@agent:role` and `@human:userId` name those whom it is for")
    type: CommentKind = CommentKind.COMMENT
    follow_up: NewFollowUp | None = Field(None, description="A task that comes of it, linked to this one")


class CommentRecord(Record):
    id: str
    type: CommentKind
    text: str
    author: Who
    mentions: list[Who]
    created_at: datetime

    @classmethod
    def of(cls, view: CommentView) -> CommentRecord:
        mentions = [Who.of(Actor(one.kind, one.id, one.name)) for one in view.mentions]
        return cls(
            id=view.id, type=view.kind, text=view.text, author=Who.of(view.author), mentions=mentions,
            created_at=view.created_at,
        )  # fmt: skip


class CommentAdded(Record):
    comment: CommentRecord
    follow_up_task_id: str | None = Field(description="Null where no follow-up was asked for")
