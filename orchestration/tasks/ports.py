"""What tasks need to know of agents."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session


class AgentNames(Protocol):
    def name_of(self, session: Session, tenant_id: str, role: str) -> str | None:
        """None where the tenant has no such agent."""


class AgentRunners(Protocol):
    def is_run_here(self, session: Session, tenant_id: str, role: str) -> bool:
        """Whether something here does the agent's tasks, rather than a program elsewhere with a key of its own."""
