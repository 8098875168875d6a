"""`cairn ingest`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli import remote
from cli.awaiting import await_ended
from cli.datasets import create
from cli.files import file_json
from cli.intake import Crew, Intake
from cli.output import Json, counted, print_json, print_table, remark, say
from cli.session import HomeOption, JsonOption, Session, opened
from cli.sources import Source, sources
from ingest.datasets.types import DatasetView, NewDataset
from ingest.files.types import FileView, RejectedFile, ShownStatus, UploadedFile, UploadOutcome
from kit.errors import Invalid, NotFound

INTERRUPTED = 130
"""Exit status after Ctrl-C, as a shell gives it."""


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, and folders with all in them but what is hidden")],
    dataset: Annotated[str, typer.Option(help="Name or id; made if there is none of this name")],
    *,
    make: Annotated[bool, typer.Option("--create/--no-create", help="Whether to make the dataset")] = True,
    home: HomeOption = None,
    server: remote.ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take files in and wait until they are indexed. While a server runs on the home, it does the work."""
    found = sources(paths)
    if not found:
        raise Invalid(f"there is no file in {', '.join(map(str, paths))}, or only hidden ones")
    if server is not None:
        remote.ingest(server, found, dataset, make=make, as_json=as_json)
        return
    with opened(home) as session:
        target = target_of(session, dataset, make=make)
        crew = Crew(session)
        intake = Intake(session, crew, target.id)
        try:
            files = _worked_off(intake, found, aloud=not as_json)
        except KeyboardInterrupt:
            _leave(intake, found)
            raise typer.Exit(INTERRUPTED) from None
    by_id = {file.id: file for file in files}
    if as_json:
        print_json(_json(target, intake, by_id))
    else:
        _show(target, intake, by_id)
    if intake.rejected or any(file.status is ShownStatus.ERROR for file in files):
        raise typer.Exit(1)


def target_of(session: Session, wanted: str, *, make: bool) -> DatasetView:
    try:
        return session.dataset(wanted)
    except NotFound:
        if not make:
            raise
    return create(session, NewDataset(name=wanted))


def _worked_off(intake: Intake, found: Sequence[Source], *, aloud: bool) -> list[FileView]:
    for receipt in intake.take(found):
        if aloud:
            for file in receipt.uploaded:
                say(f"{file.outcome.value:<10} {file.file_name}{_remark(intake, file)}")
            for refused in receipt.rejected:
                say(f"{'rejected':<10} {refused.file_name}")
    return await_ended(intake.session, intake.crew, intake.dataset_id, {file.id for file in intake.uploaded})


def _remark(intake: Intake, file: UploadedFile) -> str:
    """The same bytes may be there under another name, which is then the one to look for."""
    if file.outcome is not UploadOutcome.IDENTICAL:
        return ""
    runtime = intake.session.runtime
    with runtime.database.read() as transaction:
        there = runtime.files.get(transaction, intake.session.principal, intake.dataset_id, file.id)
    return "" if there.name == file.file_name else f" (there as {there.name})"


def _leave(intake: Intake, found: Sequence[Source]) -> None:
    """After Ctrl-C."""
    taken = len(intake.uploaded)
    remark(
        f"Interrupted. Registered so far: {taken:,} of {counted(len(found), 'file')}. They stay, and the running "
        "server works them off, or else the next `cairn serve` or `cairn ingest`."
    )
    if intake.rejected:
        print_table(("File", "What", "Why"), map(_refusal, intake.rejected))


def _show(target: DatasetView, intake: Intake, files: Mapping[str, FileView]) -> None:
    failed = [file for file in files.values() if file.status is ShownStatus.ERROR]
    rows = [(file.name, _failure(file), file.error_message) for file in failed]
    rows += map(_refusal, intake.rejected)
    if rows:
        say("")
        print_table(("File", "What", "Why"), rows)
    say("")
    findable = sum(one.id in files and files[one.id].status is not ShownStatus.ERROR for one in intake.uploaded)
    all_of_them = counted(len(intake.uploaded) + len(intake.rejected), "file")
    say(f"{findable:,} of {all_of_them} can be found in {target.name!r}.")


def _failure(file: FileView) -> str:
    return "not indexed; its old version still is" if file.chunks_count else "not indexed"


def _refusal(file: RejectedFile) -> tuple[str, str, str | None]:
    return file.file_name, "rejected", file.message


def _json(target: DatasetView, intake: Intake, files: Mapping[str, FileView]) -> Json:
    uploaded: list[Json] = [
        {**file_json(target, files[one.id]), "fileName": one.file_name, "outcome": one.outcome.value}
        for one in intake.uploaded
        if one.id in files
    ]
    refused: list[Json] = [
        {"fileName": one.file_name, "code": one.code, "message": one.message} for one in intake.rejected
    ]
    return {"datasetId": target.id, "dataset": target.name, "uploadedFiles": uploaded, "rejectedFiles": refused}
