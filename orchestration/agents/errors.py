"""What can go wrong with agents."""

from __future__ import annotations

from collections.abc import Sequence

from kit.errors import Detail, Invalid, NotFound


class AgentIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, role: str) -> None:
        super().__init__(f"there is no agent {role!r}")


class UnknownTool(Invalid):
    def __init__(self, tool: str, known: Sequence[str]) -> None:
        message = f"{tool!r} is none of the tools, which are: {', '.join(known)}"
        super().__init__(f"toolNames: {message}", details=[Detail("toolNames", message)])
