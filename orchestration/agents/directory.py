"""Who is an agent of a tenant."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.models import AccessKey
from orchestration.agents.defaults import DEFAULTS


@dataclass(frozen=True, slots=True)
class AgentDirectory:
    """Implements the AgentNames of tasks: the agents that every tenant has, and those from outside that were given a
    key of their own."""

    def name_of(self, session: Session, tenant_id: str, role: str) -> str | None:
        known = DEFAULTS.get(role)
        if known is not None:
            return known.name
        wanted = select(AccessKey.agent_role).where(AccessKey.tenant_id == tenant_id, AccessKey.agent_role == role)
        return session.scalar(wanted.where(AccessKey.revoked_at.is_(None)).limit(1))
