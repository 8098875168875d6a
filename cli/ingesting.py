"""`cairn ingest`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from time import sleep
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.files import file_json, files_of
from cli.output import ANSWERS, REMARKS, Json, print_json, print_table
from cli.session import HomeOption, JsonOption, Session, opened
from cli.sources import Source, batches, sources
from ingest.datasets.types import DatasetView, NewDataset
from ingest.files.types import FileView, IncomingFile, IngestOverrides, RejectedFile, ShownStatus, UploadedFile
from kit.errors import Invalid, NotFound

_LOOK_SECONDS = 0.2
_ENDED = {ShownStatus.INDEXED, ShownStatus.DISABLED, ShownStatus.ERROR}


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, and folders with all in them")],
    dataset: Annotated[str, typer.Option(help="Name or id; made if there is none of this name")],
    create: Annotated[bool, typer.Option(help="Whether to make the dataset")] = True,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take files in and wait until they are indexed. While a server runs on the home, it does the work."""
    found = sources(paths)
    if not found:
        raise Invalid(f"no files in {', '.join(map(str, paths))}")
    with opened(home) as session:
        target = _target(session, dataset, create=create)
        taken, rejected = _register(session, target, found)
        if session.runtime.is_alone():
            session.runtime.start()
        files = _awaited(session, target, {file.id for file in taken})
    failed = [file for file in files if file.status is ShownStatus.ERROR]
    _report(target, taken, rejected, files, as_json=as_json)
    if rejected or failed:
        raise typer.Exit(1)


def _target(session: Session, wanted: str, *, create: bool) -> DatasetView:
    try:
        return session.dataset(wanted)
    except NotFound:
        if not create:
            raise
    with session.runtime.database.write() as transaction:
        return session.runtime.datasets.create(transaction, session.principal, NewDataset(name=wanted))


def _register(
    session: Session, target: DatasetView, found: Sequence[Source]
) -> tuple[list[UploadedFile], list[RejectedFile]]:
    runtime = session.runtime
    taken: list[UploadedFile] = []
    rejected: list[RejectedFile] = []
    limits = runtime.uploads.limits
    for batch in batches(found, files=limits.files, size=limits.batch_bytes):
        with ExitStack() as opened_files:
            incoming = [IncomingFile(one.name, opened_files.enter_context(one.path.open("rb"))) for one in batch]
            staged = opened_files.enter_context(runtime.uploads.stage(incoming))
            with runtime.database.write() as transaction:
                receipt = runtime.uploads.register(transaction, session.principal, target.id, staged, IngestOverrides())
        taken += receipt.uploaded
        rejected += receipt.rejected
    return taken, rejected


def _awaited(session: Session, target: DatasetView, ids: set[str]) -> list[FileView]:
    """The files when all of them have ended. Interrupted, what is registered stays for the next worker."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=REMARKS, disable=not REMARKS.is_terminal, transient=True) as progress:
        bar = progress.add_task("Indexing", total=len(ids))
        try:
            while True:
                files = [file for file in files_of(session, target.id) if file.id in ids]
                ended = sum(file.status in _ENDED for file in files)
                progress.update(bar, completed=ended)
                if ended == len(files):
                    return files
                sleep(_LOOK_SECONDS)
        except KeyboardInterrupt:
            REMARKS.print("Interrupted. What is registered stays, and the next `cairn serve` works it off.")
            raise typer.Exit(130) from None


def _report(
    target: DatasetView,
    taken: Sequence[UploadedFile],
    rejected: Sequence[RejectedFile],
    files: Sequence[FileView],
    *,
    as_json: bool,
) -> None:
    by_id = {file.id: file for file in files}
    if as_json:
        print_json(_json(target, taken, rejected, by_id))
        return
    rows: list[tuple[str, str, int, str | None]] = [
        (one.file_name, one.outcome.value, file.chunks_count, file.error_message)
        for one in taken
        if (file := by_id.get(one.id)) is not None
    ]
    rows += [(one.file_name, "rejected", 0, one.message) for one in rejected]
    print_table(("File", "Outcome", "Chunks", "Error"), rows)
    indexed = sum(file.status is not ShownStatus.ERROR for file in files)
    ANSWERS.print(f"\n{indexed} of {len(taken) + len(rejected)} files are indexed in {target.name!r}.", markup=False)


def _json(
    target: DatasetView,
    taken: Sequence[UploadedFile],
    rejected: Sequence[RejectedFile],
    files: dict[str, FileView],
) -> Json:
    uploaded: list[Json] = [
        {**file_json(target, files[one.id]), "fileName": one.file_name, "outcome": one.outcome.value}
        for one in taken
        if one.id in files
    ]
    refused: list[Json] = [{"fileName": one.file_name, "code": one.code, "message": one.message} for one in rejected]
    return {"datasetId": target.id, "uploadedFiles": uploaded, "rejectedFiles": refused}
