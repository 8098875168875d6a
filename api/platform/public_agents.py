"""/api/v1/public/agents: agents by number, for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Manager, Reader, RuntimeDep, Writer
from api.platform.agent_records import (
    AgentNumber,
    NewPublicAgentBody,
    PublicAgent,
    PublicAgentPatch,
    PublicAgentWord,
    public_word_of,
    see_to_numbers,
    specialty_of,
    words_of,
)
from api.platform.envelope import Done, Item, Many, done, errors, many
from orchestration.agents.types import AgentState

router = APIRouter(prefix="/v1/public/agents", tags=["Platform: public API"])


@router.get("", operation_id="platformPublicAgentsList", summary="List agents", responses=errors(400, 401, 403, 503))
def list_agents(
    principal: Reader,
    runtime: RuntimeDep,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    status: Annotated[str | None, Query(max_length=100, description="One or several, separated by commas")] = None,
    role: Annotated[str | None, Query(max_length=64)] = None,
) -> Many[PublicAgent]:
    """In the order of their numbers."""
    wanted = words_of(status, PublicAgentWord)
    see_to_numbers(runtime, principal)
    with runtime.database.read() as session:
        found = sorted(runtime.teamwork.registry.list(session, principal), key=lambda one: one.number)
    shown = [
        one for one in found
        if (wanted is None or public_word_of(one).value in wanted) and role in {None, specialty_of(one)}
    ]  # fmt: skip
    return many([PublicAgent.of(one) for one in shown], limit=limit, offset=offset)


@router.post(
    "", operation_id="platformPublicAgentsCreate", status_code=201, summary="Create an agent",
    responses=errors(400, 401, 403, 409, 413, 503),
)  # fmt: skip
def create_agent(body: NewPublicAgentBody, principal: Manager, runtime: RuntimeDep) -> Item[PublicAgent]:
    """Administrators only. Its tasks are done by a program with a key of its own, until somebody says otherwise."""
    with runtime.database.write() as session:
        return Item(data=PublicAgent.of(runtime.teamwork.registry.create(session, principal, body.to_agent())))


@router.get(
    "/{id}", operation_id="platformPublicAgentsGet", summary="Get an agent by ID",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_agent(number: AgentNumber, principal: Reader, runtime: RuntimeDep) -> Item[PublicAgent]:
    see_to_numbers(runtime, principal)
    registry = runtime.teamwork.registry
    with runtime.database.read() as session:
        return Item(data=PublicAgent.of(registry.get(session, principal, registry.role_of(session, principal, number))))


@router.patch(
    "/{id}", operation_id="platformPublicAgentsUpdate", summary="Update an agent",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def update_agent(
    number: AgentNumber, body: PublicAgentPatch, principal: Writer, runtime: RuntimeDep
) -> Item[PublicAgent]:
    """For administrators. An agent's own key may say what it is doing: `idle`, `working` or `blocked`, and
    `current_task`."""
    see_to_numbers(runtime, principal)
    registry = runtime.teamwork.registry
    with runtime.database.write() as session:
        role = registry.role_of(session, principal, number)
        agent = registry.change(session, principal, role, body.to_change(principal))
    runtime.worker.nudge()
    return Item(data=PublicAgent.of(agent))


@router.delete(
    "/{id}", operation_id="platformPublicAgentsDelete", summary="Deactivate an agent (sets status to offline)",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def deactivate_agent(number: AgentNumber, principal: Manager, runtime: RuntimeDep) -> Done:
    """As stopping it: what it did stays, and it can be started again."""
    see_to_numbers(runtime, principal)
    registry = runtime.teamwork.registry
    with runtime.database.write() as session:
        role = registry.role_of(session, principal, number)
        agent = registry.set_state(session, principal, role, AgentState.STOPPED)
    return done("Agent deactivated", id=agent.number, status=public_word_of(agent).value)
