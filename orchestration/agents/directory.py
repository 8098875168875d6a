"""Who is an agent of a tenant, and what does its tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.models import AccessKey
from kit.ids import new_id
from orchestration.agents.defaults import DEFAULTS
from orchestration.agents.errors import AgentIsAtRest
from orchestration.agents.models import Agent
from orchestration.agents.types import AdapterType, AgentConfig, AgentDefault, AgentEntry, AgentState, Reported


@dataclass(frozen=True, slots=True)
class AgentDirectory:
    """Implements the AgentNames and the AgentRunners of tasks. There are the agents that every tenant has, those that a
    tenant added, and those from outside that were given a key of their own."""

    def name_of(self, session: Session, tenant_id: str, role: str) -> str | None:
        known = _known(session, tenant_id, role)
        return None if known is None else known.name

    def is_run_here(self, session: Session, tenant_id: str, role: str) -> bool:
        found = self.config(session, tenant_id, role)
        return found is not None and found.adapter is not AdapterType.OUTSIDE

    def takes_runs(self, session: Session, tenant_id: str, role: str) -> bool:
        found = self.config(session, tenant_id, role)
        return found is not None and found.adapter is not AdapterType.OUTSIDE and found.state is AgentState.STARTED

    def check_started(self, session: Session, tenant_id: str, role: str) -> None:
        """AgentIsAtRest for one that was paused or stopped, wherever it is run."""
        found = self.config(session, tenant_id, role)
        if found is not None:
            check_started(found)

    def note(self, session: Session, tenant_id: str, role: str, error: str | None, *, at: datetime) -> None:
        """How the agent's last run ended; None: well."""
        row = session.get(Agent, (tenant_id, role), with_for_update=True, populate_existing=True)
        if row is None:
            if error is None:
                return
            row = Agent(tenant_id=tenant_id, role=role, id=new_id(), adapter_config={}, updated_at=at)
            session.add(row)
        row.last_error, row.last_error_at = error, None if error is None else at

    def config(self, session: Session, tenant_id: str, role: str) -> AgentConfig | None:
        """None where the tenant has no such agent."""
        known = _known(session, tenant_id, role)
        return None if known is None else _config(known, session.get(Agent, (tenant_id, role)))

    def configs(self, session: Session, tenant_id: str) -> Sequence[AgentConfig]:
        """Those that every tenant has first, then the others by their roles."""
        rows = {row.role: row for row in session.scalars(select(Agent).where(Agent.tenant_id == tenant_id))}
        others = _from_outside(session, tenant_id) | {role for role, row in rows.items() if row.is_added}
        roles = [*DEFAULTS, *sorted(others - DEFAULTS.keys())]
        return [_config(DEFAULTS.get(role) or _other(role, rows.get(role)), rows.get(role)) for role in roles]


def check_started(config: AgentConfig) -> None:
    """AgentIsAtRest."""
    if config.state is not AgentState.STARTED:
        raise AgentIsAtRest(config.role, config.state)


def _known(session: Session, tenant_id: str, role: str) -> AgentDefault | None:
    if role in DEFAULTS:
        return DEFAULTS[role]
    row = session.get(Agent, (tenant_id, role))
    if (row is not None and row.is_added) or role in _from_outside(session, tenant_id, role):
        return _other(role, row)
    return None


def _from_outside(session: Session, tenant_id: str, role: str | None = None) -> set[str]:
    wanted = select(AccessKey.agent_role).where(AccessKey.tenant_id == tenant_id, AccessKey.revoked_at.is_(None))
    wanted = wanted.where(AccessKey.agent_role.is_not(None) if role is None else AccessKey.agent_role == role)
    return {found for found in session.scalars(wanted.distinct()) if found}


def _other(role: str, row: Agent | None) -> AgentDefault:
    if row is not None and row.is_added:
        return AgentDefault(role, row.name or role, row.specialty or "Added here")
    return AgentDefault(role, role, "A program with a key of its own")


def _config(known: AgentDefault, row: Agent | None) -> AgentConfig:
    if row is None:
        return AgentConfig(known.role, known.role, known.name, known.about, known.adapter, is_default=True)
    has: Mapping[str, Any] = row.adapter_config
    changed = (row.adapter, row.model, row.tools, row.concurrency, row.max_cost_usd)
    return AgentConfig(
        id=row.id,
        role=known.role,
        name=known.name,
        about=known.about,
        adapter=AdapterType(row.adapter) if row.adapter else known.adapter,
        is_default=not row.is_added and not has and all(one is None for one in changed),
        model=row.model or "",
        tools=row.tools,
        concurrency=row.concurrency or 4,
        max_cost_usd=row.max_cost_usd,
        prompt=has.get("promptTemplate"),
        timeout_seconds=has.get("timeoutSec"),
        max_turns=has.get("maxTurnsPerRun"),
        base_url=has.get("baseUrl"),
        last_error_at=row.last_error_at,
        last_error=row.last_error,
        state=AgentState(row.state or AgentState.STARTED),
        entry=AgentEntry(
            number=row.number,
            is_added=row.is_added,
            specialty=row.specialty or "",
            emoji=row.emoji,
            color=row.color,
            interval_seconds=row.interval_seconds,
            workspace_path=row.workspace_path,
            reported=Reported(row.reported) if row.reported else None,
            current_task=row.current_task,
            heartbeat_at=row.heartbeat_at,
            created_at=row.created_at,
            updated_at=row.updated_at,
        ),
    )
