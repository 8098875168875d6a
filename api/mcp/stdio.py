"""`cairn mcp`: the MCP server over standard input and output, for an agent on this machine."""

from __future__ import annotations

from typing import Any

from api.mcp.desk import Desk
from api.mcp.server import make_server
from identity.bootstrap import operator
from identity.types import Principal
from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime


def run(settings: Settings, *, token: str | None) -> None:
    """Until the agent closes the input. With a token the agent is held to its key; without, it acts as whoever runs
    the command line. Raises Unauthenticated at once for a token that is not accepted."""
    runtime = build_runtime(settings)
    try:
        _caller(runtime, token)

        def open_desk(_request: Any) -> Desk:
            return Desk(runtime=runtime, principal=_caller(runtime, token), base=settings.address)

        make_server(open_desk).run("stdio")
    finally:
        runtime.close()


def _caller(runtime: Runtime, token: str | None) -> Principal:
    """Asked for every message: a key that is revoked meanwhile ends here as well."""
    with runtime.database.read() as session:
        return operator(session) if token is None else runtime.keys.authenticate(session, token)
