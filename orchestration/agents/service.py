"""Agents of a tenant: who they are, what they are at, and what the tenant changes about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from kit.egress.client import checked_url
from kit.errors import Forbidden
from kit.ids import new_id
from kit.secrets.store import Place, Secrets
from orchestration.agents.directory import AgentDirectory
from orchestration.agents.errors import AgentIsNotThere, UnknownTool
from orchestration.agents.keys import KIND, key_place
from orchestration.agents.models import Agent
from orchestration.agents.running import running
from orchestration.agents.types import (
    AdapterType,
    AgentChange,
    AgentConfig,
    AgentState,
    AgentStatus,
    AgentTest,
    AgentView,
    Check,
)
from orchestration.tasks.service import need


class Readiness(Protocol):
    def lacks(self, session: Session, tenant_id: str, config: AgentConfig) -> str | None:
        """What keeps the agent's tasks from being done, with what to set. None: nothing."""


@dataclass(frozen=True, slots=True)
class Agents:
    """All methods take the caller's session and leave committing to it. `tools` are the names of those that an agent
    which is run here may be given. AgentIsNotThere; an agent sees itself alone."""

    directory: AgentDirectory
    names: DatasetNames
    tools: Sequence[str]
    secrets: Secrets
    readiness: Readiness
    clock: Clock

    def list(self, session: Session, principal: Principal) -> Sequence[AgentView]:
        configs = self.directory.configs(session, principal.tenant_id)
        shown = [one for one in configs if principal.agent_role in {None, one.role}]
        counts = running(session, principal.tenant_id)
        with_key = self.secrets.owners(session, principal.tenant_id, KIND, [one.role for one in shown])
        return [self._view(one, counts.get(one.role, 0), has_key=one.role in with_key) for one in shown]

    def get(self, session: Session, principal: Principal, role: str) -> AgentView:
        config = self.directory.config(session, principal.tenant_id, role)
        if config is None or principal.agent_role not in {None, role}:
            raise AgentIsNotThere(role)
        has_key = bool(self.secrets.owners(session, principal.tenant_id, KIND, [role]))
        return self._view(config, running(session, principal.tenant_id).get(role, 0), has_key=has_key)

    def change(self, session: Session, principal: Principal, role: str, change: AgentChange) -> AgentView:
        """Administrators only, and no agents. Takes effect with the next turn. UnknownTool, AddressRefused for a server
        that has no such address, SecretKeyMissing. A key is for the server that it was given with: another adapter or
        `baseUrl` without another key forgets it."""
        self.get(session, principal, role)
        need_manager(principal)
        for tool in change.tools or ():
            if tool not in self.tools:
                raise UnknownTool(tool, self.tools)
        if change.adapter_config.get("baseUrl") is not None:
            checked_url(str(change.adapter_config["baseUrl"]))
        row = session.get(Agent, (principal.tenant_id, role), with_for_update=True)
        if row is None:
            row = Agent(tenant_id=principal.tenant_id, role=role, id=new_id(), adapter_config={})
            session.add(row)
        has_moved = _has_moved(row, change)
        for name in ("adapter", "model", "concurrency", "max_cost_usd"):
            value = getattr(change, name)
            if value is not None:
                setattr(row, name, value)
        if change.tools is not None:
            row.tools = list(dict.fromkeys(change.tools))
        row.adapter_config = {**row.adapter_config, **change.adapter_config}
        row.updated_at = self.clock.now()
        session.flush()
        self._keep_key(
            session, key_place(principal.tenant_id, role), "" if change.key is None and has_moved else change.key
        )
        return self.get(session, principal, role)

    def lack(self, session: Session, principal: Principal, role: str) -> str | None:
        """What keeps the agent's tasks from being done here, with what to set. None: nothing, or they are done
        elsewhere."""
        config = self.get(session, principal, role).config
        if config.adapter is AdapterType.OUTSIDE:
            return None
        return self.readiness.lacks(session, principal.tenant_id, config)

    def test(self, session: Session, principal: Principal, role: str) -> AgentTest:
        """Whether the agent could do a task now."""
        view = self.get(session, principal, role)
        checks = [_adapter_check(view, self.readiness.lacks(session, principal.tenant_id, view.config))]
        if view.config.adapter is not AdapterType.OUTSIDE:
            checks += [self._datasets_check(session, principal, role), _tools_check(view)]
        return AgentTest([*checks, _state_check(view.config.state)])

    def _keep_key(self, session: Session, place: Place, key: str | None) -> None:
        if key:
            self.secrets.put(session, place, key)
        elif key is not None:
            self.secrets.clear(session, place)

    def _datasets_check(self, session: Session, principal: Principal, role: str) -> Check:
        agent = Principal(
            principal.tenant_id, "", None, role, principal.role, frozenset({Scope.READ, Scope.SEARCH}), agent_role=role
        )
        count = len(self.names.readable_names(session, agent))
        detail = f"{count} may be searched" if count else f"none allows {role!r}: add it to allowedAgentRoles of one"
        return Check("datasets", count > 0, detail)

    def _view(self, config: AgentConfig, count: int, *, has_key: bool) -> AgentView:
        known = self.tools if config.adapter is not AdapterType.OUTSIDE else ()
        tools = [one for one in known if config.tools is None or one in config.tools]
        return AgentView(config, _status(config, count), count, tools, has_key)


def need_manager(principal: Principal) -> None:
    """Agents are all of the tenant's: Forbidden for who does not administer it, or with a key that is held to less."""
    need(principal, Scope.MANAGE)
    if principal.is_narrowed:
        raise Forbidden(f"key {principal.name!r} is held to an agent or to datasets, and agents are the tenant's")


def _has_moved(row: Agent, change: AgentChange) -> bool:
    url = row.adapter_config.get("baseUrl")
    return change.adapter not in {None, row.adapter} or change.adapter_config.get("baseUrl", url) != url


def _status(config: AgentConfig, count: int) -> AgentStatus:
    if config.state is not AgentState.STARTED:
        return AgentStatus.PAUSED if config.state is AgentState.PAUSED else AgentStatus.TERMINATED
    if count:
        return AgentStatus.RUNNING
    if config.adapter is AdapterType.OUTSIDE:
        return AgentStatus.ACTIVE
    return AgentStatus.IDLE if config.last_error_at is None else AgentStatus.ERROR


def _adapter_check(view: AgentView, lack: str | None) -> Check:
    kind = view.config.adapter
    if kind is AdapterType.OUTSIDE:
        lack = "nothing here does its tasks: set adapterType to one that runs here"
    good = f"{kind.value} is built in and needs no key" if kind is AdapterType.EXTRACTIVE else f"{kind.value} is set up"
    return Check("adapter", is_ok=lack is None, detail=lack or good)


def _state_check(state: AgentState) -> Check:
    is_started = state is AgentState.STARTED
    return Check("state", is_started, state.value if is_started else f"it is {state.value}: start it")


def _tools_check(view: AgentView) -> Check:
    return Check("tools", bool(view.tools), ", ".join(view.tools) or "none is left: give it some with toolNames")
