"""Agents of a tenant: who they are, what they are at, and what the tenant changes about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from kit.errors import Forbidden
from kit.ids import new_id
from orchestration.agents.directory import AgentDirectory
from orchestration.agents.errors import AgentIsNotThere, UnknownTool
from orchestration.agents.models import Agent
from orchestration.agents.running import running
from orchestration.agents.types import AdapterType, AgentChange, AgentConfig, AgentStatus, AgentTest, AgentView, Check
from orchestration.tasks.service import need


@dataclass(frozen=True, slots=True)
class Agents:
    """All methods take the caller's session and leave committing to it. `tools` are the names of those that an agent
    which is run here may be given. AgentIsNotThere; an agent sees itself alone."""

    directory: AgentDirectory
    names: DatasetNames
    tools: Sequence[str]
    clock: Clock

    def list(self, session: Session, principal: Principal) -> Sequence[AgentView]:
        configs = self.directory.configs(session, principal.tenant_id)
        shown = [one for one in configs if principal.agent_role in {None, one.role}]
        counts = running(session, principal.tenant_id)
        return [self._view(one, counts.get(one.role, 0)) for one in shown]

    def get(self, session: Session, principal: Principal, role: str) -> AgentView:
        config = self.directory.config(session, principal.tenant_id, role)
        if config is None or principal.agent_role not in {None, role}:
            raise AgentIsNotThere(role)
        return self._view(config, running(session, principal.tenant_id).get(role, 0))

    def change(self, session: Session, principal: Principal, role: str, change: AgentChange) -> AgentView:
        """Administrators only, and no agents. Takes effect with the next turn. UnknownTool."""
        self.get(session, principal, role)
        need(principal, Scope.MANAGE)
        if principal.is_narrowed:
            raise Forbidden(f"key {principal.name!r} is held to an agent or to datasets, and agents are the tenant's")
        for tool in change.tools or ():
            if tool not in self.tools:
                raise UnknownTool(tool, self.tools)
        row = session.get(Agent, (principal.tenant_id, role), with_for_update=True)
        if row is None:
            row = Agent(tenant_id=principal.tenant_id, role=role, id=new_id(), adapter_config={})
            session.add(row)
        for name in ("adapter", "model", "concurrency", "max_cost_usd"):
            value = getattr(change, name)
            if value is not None:
                setattr(row, name, value)
        if change.tools is not None:
            row.tools = list(dict.fromkeys(change.tools))
        row.adapter_config = {**row.adapter_config, **change.adapter_config}
        row.updated_at = self.clock.now()
        session.flush()
        return self.get(session, principal, role)

    def test(self, session: Session, principal: Principal, role: str) -> AgentTest:
        """Whether the agent could do a task now."""
        view = self.get(session, principal, role)
        checks = [_adapter_check(view)]
        if view.config.adapter is not AdapterType.OUTSIDE:
            checks += [self._datasets_check(session, principal, role), _tools_check(view)]
        return AgentTest(checks)

    def _datasets_check(self, session: Session, principal: Principal, role: str) -> Check:
        agent = Principal(
            principal.tenant_id, "", None, role, principal.role, frozenset({Scope.READ, Scope.SEARCH}), agent_role=role
        )
        count = len(self.names.readable_names(session, agent))
        detail = f"{count} may be searched" if count else f"none allows {role!r}: add it to allowedAgentRoles of one"
        return Check("datasets", count > 0, detail)

    def _view(self, config: AgentConfig, count: int) -> AgentView:
        known = self.tools if config.adapter is not AdapterType.OUTSIDE else ()
        tools = [one for one in known if config.tools is None or one in config.tools]
        return AgentView(config, _status(config, count), count, tools)


def _status(config: AgentConfig, count: int) -> AgentStatus:
    if count:
        return AgentStatus.RUNNING
    if config.adapter is AdapterType.OUTSIDE:
        return AgentStatus.ACTIVE
    return AgentStatus.IDLE if config.last_error_at is None else AgentStatus.ERROR


def _adapter_check(view: AgentView) -> Check:
    if view.config.adapter is AdapterType.OUTSIDE:
        return Check(
            "adapter", is_ok=False, detail="nothing here does its tasks: set adapterType to one that runs here"
        )
    return Check("adapter", is_ok=True, detail=f"{view.config.adapter.value} is built in and needs no key")


def _tools_check(view: AgentView) -> Check:
    return Check("tools", bool(view.tools), ", ".join(view.tools) or "none is left: give it some with toolNames")
