"""/api/agent-runs: whether it is worth an agent's while to begin."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.auth import bearer_token
from api.deps import AuthenticatorDep, RuntimeDep
from api.platform.agent_records import NAME
from api.platform.envelope import Item, Record, errors
from identity.types import Principal, Scope
from kit.errors import NotFound
from orchestration.agents.types import AgentState
from orchestration.runtime import Runtime

router = APIRouter(prefix="/agent-runs", tags=["Platform: agents"])

TASK_MODE = "task"


class IdleCheck(Record):
    agent_name: str
    run_mode: str
    should_skip: bool
    reason: str
    open_tasks: int | None = None


@router.get(
    "/idle-check", operation_id="platformAgentRunsIdleCheck", summary="Idle-skip preflight check",
    responses=errors(400, 401, 429, 503),
)  # fmt: skip
def idle_check(
    request: Request,
    runtime: RuntimeDep,
    authenticator: AuthenticatorDep,
    *,
    agent_name: Annotated[str, Query(pattern=NAME, description="Agent to check")],
    run_mode: Annotated[str, Query(pattern=r"^[A-Za-z0-9_-]{1,32}$", description="task, discovery, …")] = TASK_MODE,
) -> Item[IdleCheck]:
    """Open to scripts without a key, which learn nothing then but that they should not skip: whose agent is meant, and
    whether there is one, only a key can tell."""
    should_skip, reason, count = False, "nothing is told without a key: begin, or send one", None
    if "authorization" in request.headers:
        principal, _ = authenticator.admit(bearer_token(request.headers))
        should_skip, reason, count = _check(runtime, principal, agent_name, run_mode)
    checked = IdleCheck(
        agent_name=agent_name, run_mode=run_mode, should_skip=should_skip, reason=reason, open_tasks=count
    )
    return Item(data=checked)


def _check(runtime: Runtime, principal: Principal, role: str, mode: str) -> tuple[bool, str, int | None]:
    if not principal.may(Scope.READ):
        return False, f"key {principal.name!r} may not read", None
    with runtime.database.read() as session:
        try:
            agent = runtime.teamwork.registry.get(session, principal, role)
        except NotFound:
            return True, f"there is no agent {role!r}", None
    if agent.view.config.state is not AgentState.STARTED:
        return True, f"agent {role!r} is {agent.view.config.state.value}", agent.tally.open
    if mode == TASK_MODE and not agent.tally.open:
        return True, f"no task waits for agent {role!r}", 0
    return False, f"agent {role!r} is started", agent.tally.open
