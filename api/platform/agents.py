"""/api/agents: the register of agents, and whether they are started."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from api.deps import Manager, Reader, RuntimeDep
from api.fields import STORABLE
from api.platform.agent_records import (
    AgentName,
    AgentRecord,
    AgentWord,
    NewAgentBody,
    see_to_numbers,
    word_of,
    words_of,
)
from api.platform.envelope import Body, Done, Many, Record, done, errors, many
from orchestration.agents.registry import RegisteredAgent
from orchestration.agents.types import AdapterType, AgentState

router = APIRouter(prefix="/agents", tags=["Platform: agents"])


class Note(Body):
    note: Annotated[str, Field(max_length=1000), STORABLE] | None = None


class BootstrapStep(Record):
    step: int
    name: str
    status: Literal["done", "skipped"]
    detail: str


@router.get("", operation_id="platformAgentsList", summary="List all agents", responses=errors(400, 401, 403, 503))
def list_agents(
    principal: Reader,
    runtime: RuntimeDep,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    status: Annotated[str | None, Query(max_length=100, description="Separated by commas")] = None,
) -> Many[AgentRecord]:
    """Those that every tenant has first, then the others by name; an agent's own key sees that agent alone."""
    wanted = words_of(status, AgentWord)
    see_to_numbers(runtime, principal)
    with runtime.database.read() as session:
        found = runtime.teamwork.registry.list(session, principal)
        recurring = runtime.teamwork.recurring.list(session, principal)
    shown = [one for one in found if wanted is None or word_of(one).value in wanted]
    return many([AgentRecord.of(one, recurring) for one in shown], limit=limit, offset=offset)


@router.post(
    "", operation_id="platformAgentsCreate", summary="Create a new agent",
    responses=errors(400, 401, 403, 409, 413, 503),
)  # fmt: skip
def create_agent(body: NewAgentBody, principal: Manager, runtime: RuntimeDep) -> Done:
    """Administrators only. `steps` says of each of the ten what was done, or what takes its place here."""
    with runtime.database.write() as session:
        agent = runtime.teamwork.registry.create(session, principal, body.to_agent())
        lack = runtime.teamwork.agents.lack(session, principal, agent.role)
    steps = [step.model_dump() for step in _steps(agent, lack)]
    return done("Agent created", agent=AgentRecord.of(agent).model_dump(mode="json"), steps=steps)


@router.post(
    "/{name}/stop", operation_id="platformAgentsStop", summary="Stop an agent",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def stop_agent(name: AgentName, principal: Manager, runtime: RuntimeDep, body: Note | None = None) -> Done:
    """It begins no run from now on, and what it has in hand rests behind the present turn until it is started."""
    with runtime.database.write() as session:
        note = None if body is None else body.note
        agent = runtime.teamwork.registry.set_state(session, principal, name, AgentState.STOPPED, note)
    return _changed("Agent stopped", agent)


@router.post(
    "/{name}/start", operation_id="platformAgentsStart", summary="Start an agent",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def start_agent(name: AgentName, principal: Manager, runtime: RuntimeDep, body: Note | None = None) -> Done:
    """What waited for it begins within seconds."""
    with runtime.database.write() as session:
        note = None if body is None else body.note
        agent = runtime.teamwork.registry.set_state(session, principal, name, AgentState.STARTED, note)
    runtime.worker.nudge()
    return _changed("Agent started", agent)


@router.post(
    "/{name}/restart", operation_id="platformAgentsRestart", summary="Restart an agent",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def restart_agent(name: AgentName, principal: Manager, runtime: RuntimeDep, body: Note | None = None) -> Done:
    """Started, whatever it was, with its last error forgotten. Runs that are under way go on: each turn is a start
    anew."""
    with runtime.database.write() as session:
        note = None if body is None else body.note
        agent = runtime.teamwork.registry.restart(session, principal, name, note)
    runtime.worker.nudge()
    return _changed("Agent restarted", agent)


def _changed(message: str, agent: RegisteredAgent) -> Done:
    return done(message, name=agent.role, status=word_of(agent).value, state=agent.view.config.state.value)


def _steps(agent: RegisteredAgent, lack: str | None) -> list[BootstrapStep]:
    """Ten, as they are documented for a machine on which each agent is a program; here an agent is a row."""
    is_elsewhere = agent.view.config.adapter is AdapterType.OUTSIDE
    loaded = lack is None and not is_elsewhere
    waiting = (
        "its program does: make a key with this agent role" if is_elsewhere else lack or "it takes runs from now on"
    )
    said = [
        ("registration", True, f"row {agent.number} of this tenant"),
        ("workspace", False, "agents have no folder here: they read the datasets that allow their name"),
        ("instructions", False, "set promptTemplate at /dashboard/v1/agents"),
        ("run_script", False, "Cairn's worker runs agents; a program elsewhere has its own"),
        ("automations", False, "make recurring tasks at /dashboard/v1/recurring-tasks"),
        ("launch_agent", False, "nothing has to be launched: the worker runs already"),
        ("load", loaded, waiting),
        ("heartbeat", False, "comes with the first run, or the first use of its key"),
        ("log", True, "written to /api/logs"),
        ("verification", True, "found in the register"),
    ]
    return [
        BootstrapStep(step=number, name=name, status="done" if is_done else "skipped", detail=detail)
        for number, (name, is_done, detail) in enumerate(said, start=1)
    ]
