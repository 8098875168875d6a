"""Who did something, and what a page of a list says of itself."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from api.fields import ResponseBody
from orchestration.tasks.types import Actor, ActorKind


class ShownKind(StrEnum):
    HUMAN = "human"
    AGENT = "agent"


def is_absent(value: object) -> bool:
    """For fields that are left out where there is nothing to say."""
    return value is None


class Who(ResponseBody):
    id: str
    name: str
    type: ShownKind = Field(description="`agent` also for what Cairn does by itself")

    @classmethod
    def of(cls, actor: Actor) -> Who:
        kind = ShownKind.HUMAN if actor.kind is ActorKind.HUMAN else ShownKind.AGENT
        return cls(id=actor.id, name=actor.name, type=kind)


class WorkPagination(ResponseBody):
    limit: int
    next_cursor: str | None = Field(description="Give it as `cursor` to get the next page; null on the last one")
    has_more: bool
