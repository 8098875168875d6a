"""`cairn`: the command line, a second way in beside HTTP."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from cli import (
    agents,
    audit,
    bundling,
    crawling,
    datasets,
    doctor,
    files,
    ingesting,
    keys,
    reindexing,
    reporting,
    searching,
    secrets,
    serving,
    tenants,
    working,
)
from kit.errors import CairnError

app = typer.Typer(name="cairn", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"cairn {version('cairn')}")
        raise typer.Exit


@app.callback()
def _group(
    _shown: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version")
    ] = False,
) -> None:
    """A self-hosted knowledge base: files in, cited passages out."""


app.command("serve")(serving.serve)
app.command("worker")(working.worker)
app.command("beat")(working.beat)
app.command("ingest")(ingesting.ingest)
app.command("crawl")(crawling.crawl)
app.command("reindex")(reindexing.reindex)
app.command("export")(bundling.export_dataset)
app.command("import")(bundling.import_bundle)
app.command("search")(searching.search)
app.add_typer(datasets.app, name="datasets")
files.app.command("report")(reporting.report_file)
app.add_typer(files.app, name="files")
app.add_typer(keys.app, name="keys")
app.add_typer(tenants.app, name="tenants")
app.command("mcp")(agents.mcp)
app.add_typer(audit.app, name="audit")
app.add_typer(secrets.app, name="secrets")
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Exit status 0: done; 1: Cairn could not do it, and says why; 2: the command was not understood."""
    try:
        app()
    except CairnError as error:
        print(f"cairn: {error.message}", file=sys.stderr)
        sys.exit(1)
