"""What tasks need to know of agents, and whom they tell what happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from orchestration.tasks.models import Task
from orchestration.tasks.types import Actor


class AgentNames(Protocol):
    def name_of(self, session: Session, tenant_id: str, role: str) -> str | None:
        """None where the tenant has no such agent."""


class AgentRunners(Protocol):
    def is_run_here(self, session: Session, tenant_id: str, role: str) -> bool:
        """Whether something here does the agent's tasks, rather than a program elsewhere with a key of its own."""

    def takes_runs(self, session: Session, tenant_id: str, role: str) -> bool:
        """Whether that begins runs now: the agent is neither paused nor stopped."""

    def check_started(self, session: Session, tenant_id: str, role: str) -> None:
        """AgentIsAtRest for one that is paused or stopped, wherever its tasks are done."""


class TaskNotices(Protocol):
    """Each is part of the transaction of what it tells of. `actor` and `author` are whose doing it is."""

    def ended(self, session: Session, task: Task, actor: Actor, *, error: str | None) -> None:
        """It is done, or has failed."""

    def assigned(self, session: Session, task: Task, actor: Actor) -> None:
        """Whoever is to do it may begin, once more perhaps."""

    def mentioned(self, session: Session, task: Task, who: Sequence[Actor], author: Actor, text: str) -> None: ...

    def asked(self, session: Session, task: Task, person_id: str, author: Actor, text: str) -> None:
        """The task cannot go on without that person's answer."""
