"""What can go wrong with agents."""

from __future__ import annotations

from collections.abc import Sequence

from kit.errors import Conflict, Detail, Forbidden, Invalid, NotFound
from orchestration.agents.types import AgentState


class AgentIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, role: str) -> None:
        super().__init__(f"there is no agent {role!r}")


class AgentIsThere(Conflict):
    def __init__(self, role: str) -> None:
        super().__init__(f"there is an agent {role!r} already; choose another name, or change that one")


class AgentIsAtRest(Conflict):
    """It takes no new work until it is started."""

    code = "AGENT_STOPPED"

    def __init__(self, role: str, state: AgentState) -> None:
        super().__init__(f"agent {role!r} is {state.value} and takes no new work; an administrator may start it")


class NotYours(Forbidden):
    def __init__(self, key: str, role: str) -> None:
        super().__init__(f"key {key!r} may say what agent {role!r} is at, and change nothing else about it")


class UnknownAgent(Invalid):
    def __init__(self, field: str, role: str) -> None:
        message = f"{role!r} is no agent here; name one as the list of agents has it"
        super().__init__(f"{field}: {message}", details=[Detail(field, message)])


class UnknownTool(Invalid):
    def __init__(self, tool: str, known: Sequence[str]) -> None:
        message = f"{tool!r} is none of the tools, which are: {', '.join(known)}"
        super().__init__(f"toolNames: {message}", details=[Detail("toolNames", message)])
