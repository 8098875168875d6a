"""The register of a tenant's agents: who they are and how they do; added, started, stopped, and what they report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from kit.clock import Clock
from kit.ids import new_id
from orchestration.agents import tallies
from orchestration.agents.errors import AgentIsNotThere, AgentIsThere, NotYours
from orchestration.agents.logs import AgentLogs, LogLevel
from orchestration.agents.models import Agent
from orchestration.agents.numbers import next_number, number_all
from orchestration.agents.service import Agents, need_manager
from orchestration.agents.tallies import Tally
from orchestration.agents.types import AdapterType, AgentState, AgentView, EntryChange, NewAgent, Reported
from orchestration.tasks.actors import actor_of
from orchestration.tasks.service import need
from orchestration.tasks.sight import sight_of

REPORT_HOLDS = timedelta(hours=1)
"""How long what a program says of itself is believed: one that died does not say so."""


@dataclass(frozen=True, slots=True)
class RegisteredAgent:
    """`tally` counts tasks that the caller may see. `last_seen_at`: it reported something, used its key, or began a
    run."""

    view: AgentView
    tally: Tally
    reported: Reported | None
    last_seen_at: datetime | None

    @property
    def number(self) -> int:
        return self.view.config.entry.number or 0

    @property
    def role(self) -> str:
        return self.view.config.role


@dataclass(frozen=True, slots=True)
class AgentRegistry:
    """All methods take the caller's session and leave committing to it. An agent sees itself alone. What changes an
    agent is for administrators; AgentIsNotThere, Forbidden."""

    agents: Agents
    logs: AgentLogs
    clock: Clock

    def is_numbered(self, session: Session, tenant_id: str) -> bool:
        """Whether each agent has a number; else `number_all` has to be called, in a transaction that writes."""
        configs = self.agents.directory.configs(session, tenant_id)
        return all(one.entry.number is not None for one in configs)

    def number_all(self, session: Session, tenant_id: str) -> None:
        number_all(session, self.agents.directory, tenant_id, at=self.clock.now())

    def list(self, session: Session, principal: Principal) -> Sequence[RegisteredAgent]:
        """Those that every tenant has first, then the others by their roles."""
        sight = sight_of(session, principal, self.agents.names)
        return self._registered(self.agents.list(session, principal), tallies.of_agents(session, sight))

    def get(self, session: Session, principal: Principal, role: str) -> RegisteredAgent:
        sight = sight_of(session, principal, self.agents.names)
        view = self.agents.get(session, principal, role)
        return self._registered([view], tallies.of_agents(session, sight))[0]

    def role_of(self, session: Session, principal: Principal, number: int) -> str:
        """AgentIsNotThere."""
        for view in self.agents.list(session, principal):
            if view.config.entry.number == number:
                return view.config.role
        raise AgentIsNotThere(str(number))

    def create(self, session: Session, principal: Principal, new: NewAgent) -> RegisteredAgent:
        """AgentIsThere, also where another program has a key with that role."""
        need_manager(principal)
        tenant_id, now = principal.tenant_id, self.clock.now()
        number = next_number(session, tenant_id)
        if self.agents.directory.name_of(session, tenant_id, new.role) is not None:
            raise AgentIsThere(new.role)
        row = session.get(Agent, (tenant_id, new.role))  # of a program whose keys are all revoked
        if row is None:
            row = Agent(tenant_id=tenant_id, role=new.role, id=new_id(), adapter_config={})
            session.add(row)
        row.is_added, row.number = True, row.number or number
        row.name, row.specialty, row.adapter, row.model = new.name, new.specialty, new.adapter, new.model or None
        row.emoji, row.color, row.workspace_path = new.emoji, new.color, new.workspace_path
        row.interval_seconds, row.state, row.reported = new.interval_seconds, new.state, new.reported
        row.created_at = row.updated_at = now
        session.flush()
        self._log(session, principal, new.role, "created", None)
        return self.get(session, principal, new.role)

    def set_state(
        self, session: Session, principal: Principal, role: str, state: AgentState, note: str | None = None
    ) -> RegisteredAgent:
        """One that is not started begins no run, and a run that is under way rests behind its present turn."""
        row = self._row(session, principal, role)
        row.state, row.updated_at = state, self.clock.now()
        session.flush()
        self._log(session, principal, role, state.value, note)
        return self.get(session, principal, role)

    def restart(self, session: Session, principal: Principal, role: str, note: str | None = None) -> RegisteredAgent:
        """Started, whatever it was, and its last error forgotten. Runs under way go on behind their last turn."""
        row = self._row(session, principal, role)
        row.state, row.last_error, row.last_error_at = AgentState.STARTED, None, None
        row.updated_at = self.clock.now()
        session.flush()
        self._log(session, principal, role, "restarted", note)
        return self.get(session, principal, role)

    def change(self, session: Session, principal: Principal, role: str, change: EntryChange) -> RegisteredAgent:
        """An agent's own key may say what it is doing, which is a sign of life as well; all else is for administrators.
        NotYours."""
        if principal.agent_role is not None:
            self.agents.get(session, principal, role)
            need(principal, Scope.WRITE)
            if not change.is_report:
                raise NotYours(principal.name, role)
            row = self._held(session, principal.tenant_id, role)
        else:
            row = self._row(session, principal, role)
        for name in ("specialty", "emoji", "workspace_path", "state", "reported"):
            value = getattr(change, name)
            if value is not None:
                setattr(row, name, value)
        if change.current_task is not None:
            row.current_task = change.current_task or None
        now = self.clock.now()
        if change.reported is not None or principal.agent_role is not None:
            row.heartbeat_at = now
        row.updated_at = now
        session.flush()
        if change.state is not None:
            self._log(session, principal, role, change.state.value, None)
        return self.get(session, principal, role)

    def _row(self, session: Session, principal: Principal, role: str) -> Agent:
        self.agents.get(session, principal, role)
        need_manager(principal)
        return self._held(session, principal.tenant_id, role)

    def _held(self, session: Session, tenant_id: str, role: str) -> Agent:
        row = session.get(Agent, (tenant_id, role), with_for_update=True, populate_existing=True)
        if row is None:
            row = Agent(tenant_id=tenant_id, role=role, id=new_id(), adapter_config={})
            session.add(row)
        return row

    def _log(self, session: Session, principal: Principal, role: str, what: str, note: str | None) -> None:
        author = actor_of(session, principal)
        said = what if note is None else f"{what}: {note}"
        self.logs.put(session, principal.tenant_id, role, LogLevel.INFO, said, author=author)

    def _registered(self, views: Sequence[AgentView], counted: Mapping[str, Tally]) -> Sequence[RegisteredAgent]:
        now, found = self.clock.now(), []
        for view in views:
            entry, tally = view.config.entry, counted.get(view.config.role, Tally())
            is_fresh = entry.heartbeat_at is not None and entry.heartbeat_at > now - REPORT_HOLDS
            is_elsewhere = view.config.adapter is AdapterType.OUTSIDE
            reported = entry.reported if is_fresh and is_elsewhere else None
            moments = [one for one in (entry.heartbeat_at, tally.key_used_at, tally.began_at) if one is not None]
            found.append(RegisteredAgent(view, tally, reported, max(moments, default=None)))
        return found
