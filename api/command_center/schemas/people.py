"""Who did something, and whose a task is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import Field

from api.command_center.envelope import Record
from api.fields import STORABLE
from orchestration.tasks.types import Actor, ActorKind

IDENTIFIER = r"^[!-~]{1,64}$"

TaskId = Annotated[str, Path(pattern=IDENTIFIER, description="Id of a task")]
ProjectId = Annotated[str, Path(pattern=IDENTIFIER, description="Id of a project")]
Identifier = Annotated[str, Field(pattern=IDENTIFIER)]
Title = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S"), STORABLE]
LongText = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S"), STORABLE]
TaskType = Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), STORABLE]


class Who(Record):
    type: ActorKind
    id: str
    name: str

    @classmethod
    def of(cls, actor: Actor) -> Who:
        return cls(type=actor.kind, id=actor.id, name=actor.name)
