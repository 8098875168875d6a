"""`cairn`: the command line, a second way in beside HTTP."""

from __future__ import annotations

import sys

import typer

from cli import serving
from kit.errors import CairnError

app = typer.Typer(
    name="cairn",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _group() -> None:
    """A self-hosted knowledge base: files in, cited passages out."""


app.command("serve")(serving.serve)


def main() -> None:
    """Exit status 0: done; 1: Cairn could not do it, and says why; 2: the command was not understood."""
    try:
        app()
    except CairnError as error:
        print(f"cairn: {error.message}", file=sys.stderr)
        sys.exit(1)
