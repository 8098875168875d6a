"""`cairn datasets`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import remote
from cli.output import Json, counted, print_json, print_table, say
from cli.session import HomeOption, JsonOption, Session, YesOption, hand_down, opened
from ingest.datasets.types import DatasetChange, DatasetView, NewDataset
from ingest.documents import ParseType
from ingest.redaction.types import PersonalKind, Redaction
from ingest.settings import (
    MAX_CHUNK_OVERLAP,
    MAX_CHUNK_SIZE,
    MAX_OCR_PAGES,
    MIN_CHUNK_OVERLAP,
    MIN_CHUNK_SIZE,
    Ocr,
)
from kit.errors import Detail, Invalid

_NAME_LENGTH = 200

OcrPages = Annotated[
    int | None,
    typer.Option(min=0, max=MAX_OCR_PAGES, help="Pages of a file that text recognition may read; 0: off"),
]

MainContent = Annotated[
    bool | None,
    typer.Option(
        "--only-main-content/--whole-pages",
        help="Web pages without navigation, footers, forms and the like, or with all that they show",
        show_default=False,
    ),
]

app = typer.Typer(help="List datasets; with a command: create, configure, delete.", invoke_without_command=True)


@app.callback()
def list_datasets(
    context: typer.Context, home: HomeOption = None, server: remote.ServerOption = None, as_json: JsonOption = False
) -> None:
    """List datasets, or with a command create or delete one."""
    if hand_down(context, home=home, as_json=as_json):
        return
    if server is not None:
        remote.list_datasets(server, as_json=as_json)
        return
    with opened(home) as session:
        found = session.datasets()
    if as_json:
        print_json({"data": [_json(view) for view in found]})
    elif not found:
        say("There is no dataset yet: `cairn ingest FILE --dataset NAME` makes one.")
    else:
        rows = [(v.name, v.status.value, v.total_files, v.total_chunks, v.created_at, v.id) for v in found]
        print_table(("Name", "Status", "Files", "Chunks", "Created", "Id"), rows)


@app.command("create")
def create_dataset(
    name: Annotated[str, typer.Argument(help="Its name; unique")],
    *,
    description: Annotated[str | None, typer.Option(help="What is in it")] = None,
    chunk_size: Annotated[
        int | None, typer.Option(min=MIN_CHUNK_SIZE, max=MAX_CHUNK_SIZE, help="In the model's tokens")
    ] = None,
    chunk_overlap: Annotated[
        int | None, typer.Option(min=MIN_CHUNK_OVERLAP, max=MAX_CHUNK_OVERLAP, help="In the model's tokens")
    ] = None,
    parse_type: Annotated[ParseType | None, typer.Option(help="How documents are cut", case_sensitive=False)] = None,
    agent_role: Annotated[list[str] | None, typer.Option(help="Agents that may use it; '*': all")] = None,
    redact: Annotated[
        list[PersonalKind] | None,
        typer.Option(help="Personal data to replace before indexing; may be given again", case_sensitive=False),
    ] = None,
    country: Annotated[
        list[str] | None, typer.Option(help="With --redact: GB, DE, …: whose phone numbers and national ids")
    ] = None,
    ocr_pages: OcrPages = None,
    only_main_content: MainContent = None,
    home: HomeOption = None,
    server: remote.ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a dataset."""
    new = NewDataset(
        name=name,
        description=description,
        chunk_size=chunk_size,
        chunk_overlap=chunk_overlap,
        parse_type=parse_type,
        redaction=Redaction.restored({"kinds": redact or (), "countries": country or ()}),
        allowed_agent_roles=tuple(agent_role or ()),
        ocr=Ocr(ocr_pages or None),
        only_main_content=only_main_content is not False,
    )
    if server is not None:
        remote.create_dataset(server, new, as_json=as_json)
        return
    with opened(home) as session:
        view = create(session, new)
    if as_json:
        print_json(_json(view))
    else:
        say(f"Created dataset {view.name!r} ({view.id}).")


@app.command("configure")
def configure_dataset(
    dataset: Annotated[str, typer.Argument(help="Name or id")],
    *,
    ocr_pages: OcrPages = None,
    only_main_content: MainContent = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change how files are read from now on; those that are there stay as they are until they are re-ingested."""
    ocr = None if ocr_pages is None else Ocr(ocr_pages or None)
    change = DatasetChange(ocr=ocr, only_main_content=only_main_content)
    with opened(home) as session:
        found = session.dataset(dataset)
        with session.runtime.database.write() as transaction:
            view = session.runtime.datasets.configure(transaction, session.principal, found.id, change)
    if as_json:
        print_json(_json(view))
    else:
        pages = view.ocr.max_pages
        recognition = f"text recognition for up to {pages} pages of a file" if pages else "text recognition is off"
        web_pages = "main content of web pages only" if view.only_main_content else "web pages are read whole"
        say(f"Dataset {view.name!r}: {recognition}; {web_pages}.")


@app.command("delete")
def delete_dataset(
    dataset: Annotated[str, typer.Argument(help="Name or id")],
    yes: YesOption = False,
    home: HomeOption = None,
    server: remote.ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete a dataset with everything in it. Irreversible."""
    if server is not None:
        remote.delete_dataset(server, dataset, yes=yes, as_json=as_json)
        return
    with opened(home) as session:
        view = session.dataset(dataset)
        files = counted(view.total_files, "file")
        if not yes:
            typer.confirm(f"Delete dataset {view.name!r} with {files}?", abort=True, err=True)
        with session.runtime.database.write() as transaction:
            session.runtime.datasets.delete(transaction, session.principal, view.id)
    if as_json:
        print_json({"deleted": True})
    else:
        say(f"Deleted dataset {view.name!r} with {files}: nothing of it is found any more.")
        say("A server removes what is left of it on the disk: the running one, or the next `cairn serve`.")


def create(session: Session, new: NewDataset) -> DatasetView:
    """Invalid for a name that nobody could refer to."""
    if not 1 <= len(new.name.strip()) <= _NAME_LENGTH:
        message = f"a dataset's name has 1 to {_NAME_LENGTH} characters, {new.name[:40]!r} has {len(new.name.strip())}"
        raise Invalid(message, details=[Detail("name", message)])
    with session.runtime.database.write() as transaction:
        return session.runtime.datasets.create(transaction, session.principal, new)


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
        "parserEngine": view.parser_engine.value,
        "redaction": {
            "kinds": [kind.value for kind in view.redaction.kinds],
            "countries": list(view.redaction.countries),
        },
        "ocr": {"enabled": view.ocr.max_pages is not None, "maxPages": view.ocr.max_pages},
        "onlyMainContent": view.only_main_content,
        "allowedAgentRoles": list(view.allowed_agent_roles),
        "createdOn": view.created_at,
    }
