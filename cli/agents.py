"""`cairn mcp`."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from cli.session import quiet_settings


def mcp(
    home: Annotated[Path | None, typer.Option(help="Folder that holds everything (CAIRN_HOME)")] = None,
    token: Annotated[
        str | None,
        typer.Option(help="Key that the agent is held to (better given as CAIRN_TOKEN); without one: everything"),
    ] = None,
) -> None:
    """Serve an agent on this machine over standard input and output (MCP)."""
    # By name: the two deliveries do not know each other.
    import_module("api.mcp.stdio").run(quiet_settings(home), token=token or os.environ.get("CAIRN_TOKEN") or None)
