"""`cairn serve`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from kit.logging import configure_logging
from kit.settings import load_settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (CAIRN_HOST)")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (CAIRN_PORT)")] = None,
    home: Annotated[Path | None, typer.Option(help="Folder that holds everything (CAIRN_HOME)")] = None,
) -> None:
    """Serve the API and work off what is uploaded."""
    settings = load_settings(host=host, port=port, home=home)
    configure_logging(settings.log_level, settings.log_format)
    # By name: the two deliveries do not know each other, and only this command has use for a web server.
    import_module("api.server").run(settings)
