"""/dashboard/v1/agents: who works on activities, and how."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path

from api.dashboard.work.schemas.agents import AgentDetail, AgentList, AgentPatch, AgentSummary, AgentTested
from api.deps import Manager, Reader, RuntimeDep
from api.envelope import errors

router = APIRouter(prefix="/agents", tags=["Work: agents"])

AgentRole: TypeAlias = Annotated[
    str, Path(alias="agentRole", pattern=r"^[!-~]{1,64}$", description="An agent, by its role")
]


@router.get(
    "", operation_id="dashboardAgentsList", summary="List agents", responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_agents(principal: Reader, runtime: RuntimeDep) -> AgentList:
    """Those that every tenant has, then programs elsewhere that have an agent's key."""
    with runtime.database.read() as session:
        found = runtime.teamwork.agents.list(session, principal)
    return AgentList(data=[AgentSummary.of(view) for view in found])


@router.get(
    "/{agentRole}", operation_id="dashboardAgentsGet", summary="Get an agent with its settings",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_agent(role: AgentRole, principal: Reader, runtime: RuntimeDep) -> AgentDetail:
    with runtime.database.read() as session:
        return AgentDetail.of(runtime.teamwork.agents.get(session, principal, role))


@router.patch(
    "/{agentRole}", operation_id="dashboardAgentsUpdate", summary="Change an agent for this tenant",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def update_agent(role: AgentRole, body: AgentPatch, principal: Manager, runtime: RuntimeDep) -> AgentDetail:
    """Administrators only. Takes effect with the next turn of a run. An agent whose `adapterType` is not `outside`
    any more does activities that it is given from now on; those that waited before can be called off and given anew."""
    with runtime.database.write() as session:
        return AgentDetail.of(runtime.teamwork.agents.change(session, principal, role, body.to_change()))


@router.post(
    "/{agentRole}/test", operation_id="dashboardAgentsTest", summary="See whether an agent could do a task now",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def test_agent(role: AgentRole, principal: Reader, runtime: RuntimeDep) -> AgentTested:
    with runtime.database.read() as session:
        return AgentTested.of(runtime.teamwork.agents.test(session, principal, role))
