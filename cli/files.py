"""`cairn files`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from cli.output import Json, counted, print_json, print_passage, print_table, readable_size, say
from cli.session import HomeOption, JsonOption, Session, YesOption, hand_down, opened
from ingest.datasets.types import DatasetView
from ingest.files.types import ChunkView, FileView
from kit.errors import Conflict, NotFound
from kit.pagination import PageRequest, decode_cursor

FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="Its name or id")]
OfDataset = Annotated[str | None, typer.Option(help="Name or id, where several have a file of this name")]
_CHUNKS_AT_ONCE = 200

app = typer.Typer(help="List files; with a command: show, report, delete.", invoke_without_command=True)


@app.callback()
def list_files(
    context: typer.Context,
    dataset: Annotated[list[str] | None, typer.Option(help="Name or id, may be repeated; all unless given")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List files with how far each is, or with a command show one, report on it or delete it."""
    if hand_down(context, home=home, as_json=as_json):
        return
    with opened(home) as session:
        found = [(of, file) for of in session.chosen(dataset) for file in session.files(of.id)]
    if as_json:
        print_json({"data": [file_json(of, file) for of, file in found]})
    elif not found:
        say("There is no file yet: `cairn ingest FILE --dataset NAME` takes one in.")
    else:
        rows = [
            (of.name, f.name, f.status.value, f"{f.progress:.0f} %", f.chunks_count, size, f.error_message or "")
            for of, f in found
            for size in [readable_size(f.size_bytes)]
        ]
        print_table(("Dataset", "File", "Status", "Done", "Chunks", "Size", "Error"), rows)


@app.command("show")
def show_file(
    file: FileArgument, dataset: OfDataset = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Show a file's chunks, as searches find them, with page and heading."""
    with opened(home) as session:
        of, view = find(session, file, dataset)
        chunks = list(_chunks(session, of, view))
    if as_json:
        print_json({**file_json(of, view), "chunks": [_chunk_json(chunk) for chunk in chunks]})
        return
    known = (view.status.value, counted(len(chunks), "chunk"), readable_size(view.size_bytes), view.mime_type, view.id)
    say(f"{view.name} in {of.name!r}: {', '.join(known)}", style="bold")
    for remark in (view.error_message, *view.warnings):
        if remark:
            say(f"Note: {remark}")
    for chunk in chunks:
        say("")
        say(_heading(chunk), style="bold")
        print_passage(chunk.content)


@app.command("delete")
def delete_file(
    file: FileArgument,
    dataset: OfDataset = None,
    yes: YesOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete a file with its chunks and vectors. Irreversible."""
    with opened(home) as session:
        of, view = find(session, file, dataset)
        if not yes:
            typer.confirm(f"Delete {view.name!r} from {of.name!r}?", abort=True, err=True)
        with session.runtime.database.write() as transaction:
            removed = session.runtime.files.delete(transaction, session.principal, of.id, view.id)
        session.runtime.apply_switch(view.id)
    if as_json:
        print_json({"deleted": True, "chunksRemoved": removed})
    else:
        say(f"Deleted {view.name!r} with {counted(removed, 'chunk')} from {of.name!r}.")


def find(session: Session, wanted: str, dataset: str | None) -> tuple[DatasetView, FileView]:
    """By id or name. NotFound, or Conflict where a name is not enough."""
    among = session.chosen([dataset] if dataset else None)
    found = [(of, file) for of in among for file in session.files(of.id) if wanted in {file.id, file.name}]
    if not found:
        place = f"in {among[0].name!r}" if dataset else "in any dataset"
        raise NotFound(f"there is no file {wanted!r} {place}; `cairn files` lists what there is")
    if len(found) > 1:
        names = ", ".join(repr(of.name) for of, _ in found)
        raise Conflict(f"there is a file {wanted!r} in each of {names}: say which with --dataset, or give its id")
    return found[0]


def file_json(of: DatasetView, file: FileView) -> dict[str, Json]:
    return {
        "id": file.id,
        "datasetId": of.id,
        "dataset": of.name,
        "fileName": file.name,
        "mimeType": file.mime_type,
        "fileSizeBytes": file.size_bytes,
        "status": file.status.value,
        "progress": file.progress,
        "chunksCount": file.chunks_count,
        "pageCount": file.page_count,
        "enabled": file.enabled,
        "errorCode": file.error_code,
        "errorMessage": file.error_message,
        "warnings": list(file.warnings),
        "createdOn": file.created_at,
    }


def _chunks(session: Session, of: DatasetView, file: FileView) -> Iterator[ChunkView]:
    after: str | None = None
    while True:
        request = PageRequest(limit=_CHUNKS_AT_ONCE, after=after)
        with session.runtime.database.read() as transaction:
            page = session.runtime.files.chunks(transaction, session.principal, of.id, file.id, request)
        yield from page.items
        if page.next_cursor is None:
            return
        after = decode_cursor(page.next_cursor)


def _heading(chunk: ChunkView) -> str:
    page = None if chunk.page is None else f"page {chunk.page}"
    path = " > ".join(chunk.heading_path) or None
    parts = (f"#{chunk.position}", page, path, counted(chunk.token_count, "token"))
    return ", ".join(part for part in parts if part)


def _chunk_json(chunk: ChunkView) -> Json:
    return {
        "id": chunk.id,
        "position": chunk.position,
        "content": chunk.content,
        "context": chunk.context,
        "kind": chunk.kind.value,
        "tokenCount": chunk.token_count,
        "pageNumber": chunk.page,
        "headingPath": list(chunk.heading_path),
    }
