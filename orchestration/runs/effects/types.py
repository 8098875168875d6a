"""Tools that change something. What they do and the turn in which they were called are one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from sqlalchemy.orm import Session

from identity.types import Principal
from orchestration.runs.types import ToolSpec
from orchestration.tasks.models import Task
from orchestration.tasks.types import Actor, Json, WaitKind


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does it, in the transaction of the turn. The task's row and the run's job are held. `principal` is what the
    agent may see."""

    session: Session
    task: Task
    actor: Actor
    principal: Principal


@dataclass(frozen=True, slots=True)
class Waits:
    """The result comes later, from the row that this names; the task's status says so already."""

    kind: WaitKind
    ref_id: str


Outcome: TypeAlias = Mapping[str, Json] | Waits


class Effect(Protocol):
    """Called once for each call: a turn that is repeated after a worker was killed has left nothing."""

    @property
    def spec(self) -> ToolSpec: ...

    @property
    def waits(self) -> bool:
        """Whether the run may have to wait for its result."""

    def happen(self, doing: Doing, arguments: Mapping[str, Json]) -> Outcome:
        """Raises CairnErrors, and has changed nothing then."""
