"""Comments as the dashboard receives and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.dashboard.work.schemas.people import ShownKind, Who
from api.fields import STORABLE, RequestBody, ResponseBody
from orchestration.tasks.types import ActorKind, CommentKind, CommentView


class NewComment(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"text": "@agent:researcher name the year as well."}})

    text: Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S"), STORABLE] = Field(
        description="`@agent:role` and `@human:userId` name those whom it is for"
    )
    type: CommentKind = CommentKind.COMMENT


class Mentioned(ResponseBody):
    type: ShownKind
    id: str
    name: str


class ActivityComment(ResponseBody):
    id: str
    text: str
    type: CommentKind
    author: Who
    mentions: list[Mentioned]
    created_on: datetime

    @classmethod
    def of(cls, view: CommentView) -> ActivityComment:
        mentions = [
            Mentioned(
                type=ShownKind.AGENT if one.kind is ActorKind.AGENT else ShownKind.HUMAN, id=one.id, name=one.name
            )
            for one in view.mentions
        ]
        return cls(
            id=view.id, text=view.text, type=view.kind, author=Who.of(view.author), mentions=mentions,
            created_on=view.created_at,
        )  # fmt: skip


class ActivityComments(ResponseBody):
    data: list[ActivityComment]
