"""`cairn datasets`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import ANSWERS, Json, print_json, print_table
from cli.session import HomeOption, JsonOption, opened
from ingest.datasets.types import DatasetView, NewDataset
from ingest.documents import ParseType

app = typer.Typer(help="Datasets: list, create, delete.", invoke_without_command=True)


@app.callback()
def list_datasets(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List datasets (without a subcommand)."""
    if context.invoked_subcommand is not None:
        return
    with opened(home) as session:
        found = session.datasets()
    if as_json:
        print_json({"data": [_json(view) for view in found]})
    elif not found:
        ANSWERS.print("There is no dataset yet: `cairn ingest FILE --dataset NAME` makes one.", markup=False)
    else:
        rows = [(v.name, v.status.value, v.total_files, v.total_chunks, v.created_at, v.id) for v in found]
        print_table(("Name", "Status", "Files", "Chunks", "Created", "Id"), rows)


@app.command("create")
def create_dataset(
    name: Annotated[str, typer.Argument(help="Its name; unique")],
    *,
    description: Annotated[str | None, typer.Option(help="What is in it")] = None,
    chunk_size: Annotated[int | None, typer.Option(help="In the model's tokens")] = None,
    chunk_overlap: Annotated[int | None, typer.Option(help="In the model's tokens")] = None,
    parse_type: Annotated[ParseType | None, typer.Option(help="How documents are cut", case_sensitive=False)] = None,
    agent_role: Annotated[list[str] | None, typer.Option(help="Agents that may use it; '*': all")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a dataset."""
    new = NewDataset(
        name=name,
        description=description,
        chunk_size=chunk_size,
        chunk_overlap=chunk_overlap,
        parse_type=parse_type,
        allowed_agent_roles=tuple(agent_role or ()),
    )
    with opened(home) as session, session.runtime.database.write() as transaction:
        view = session.runtime.datasets.create(transaction, session.principal, new)
    if as_json:
        print_json(_json(view))
    else:
        ANSWERS.print(f"Created dataset {view.name!r} ({view.id}).", markup=False)


@app.command("delete")
def delete_dataset(
    dataset: Annotated[str, typer.Argument(help="Name or id")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
    home: HomeOption = None,
) -> None:
    """Delete a dataset with everything in it. Irreversible."""
    with opened(home) as session:
        view = session.dataset(dataset)
        if not yes:
            typer.confirm(f"Delete {view.name!r} with its {view.total_files} files?", abort=True)
        with session.runtime.database.write() as transaction:
            session.runtime.datasets.delete(transaction, session.principal, view.id)
    ANSWERS.print(f"Deleted {view.name!r}; the server removes what is left of it.", markup=False)


def _json(view: DatasetView) -> Json:
    return {
        "id": view.id,
        "name": view.name,
        "description": view.description,
        "status": view.status.value,
        "totalFiles": view.total_files,
        "totalChunks": view.total_chunks,
        "embeddingModel": view.embedding_model,
        "chunkSize": view.chunk_size,
        "chunkOverlap": view.chunk_overlap,
        "parseType": view.parse_type.value,
        "allowedAgentRoles": list(view.allowed_agent_roles),
        "createdOn": view.created_at,
    }
