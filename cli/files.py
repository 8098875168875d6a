"""`cairn files`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import ANSWERS, Json, print_json, print_table
from cli.session import HomeOption, JsonOption, Session, opened
from ingest.datasets.types import DatasetView
from ingest.files.types import FileView

app = typer.Typer(help="Files: list, delete.", invoke_without_command=True)


@app.callback()
def list_files(
    context: typer.Context,
    dataset: Annotated[list[str] | None, typer.Option(help="Name or id; all unless given")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List files with how far each is (without a subcommand)."""
    if context.invoked_subcommand is not None:
        return
    with opened(home) as session:
        found = [(of, file) for of in chosen(session, dataset) for file in files_of(session, of.id)]
    if as_json:
        print_json({"data": [file_json(of, file) for of, file in found]})
    elif not found:
        ANSWERS.print("There is no file yet.", markup=False)
    else:
        rows = [
            (of.name, f.name, f.status.value, f"{f.progress:.0f} %", f.chunks_count, f.size_bytes, f.error_message)
            for of, f in found
        ]
        print_table(("Dataset", "File", "Status", "Done", "Chunks", "Bytes", "Error"), rows)


@app.command("delete")
def delete_file(
    file: Annotated[str, typer.Argument(help="Name or id of the file")],
    dataset: Annotated[str, typer.Option(help="Name or id of its dataset")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
    home: HomeOption = None,
) -> None:
    """Delete a file with its chunks and vectors. Irreversible."""
    with opened(home) as session:
        of = session.dataset(dataset)
        view = next((view for view in files_of(session, of.id) if file in {view.id, view.name}), None)
        file_id = file if view is None else view.id  # what is not there is refused below, in the service's words
        if not yes:
            typer.confirm(f"Delete {file!r} from {of.name!r}?", abort=True)
        with session.runtime.database.write() as transaction:
            removed = session.runtime.files.delete(transaction, session.principal, of.id, file_id)
        session.runtime.apply_switch(file_id)
    ANSWERS.print(f"Deleted {file!r} with {removed} chunks.", markup=False)


def chosen(session: Session, wanted: list[str] | None) -> list[DatasetView]:
    """The datasets named, or all."""
    return [session.dataset(one) for one in wanted] if wanted else session.datasets()


def files_of(session: Session, dataset_id: str) -> list[FileView]:
    with session.runtime.database.read() as transaction:
        return list(session.runtime.files.list(transaction, session.principal, dataset_id))


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
        "errorCode": file.error_code,
        "errorMessage": file.error_message,
        "warnings": list(file.warnings),
    }
