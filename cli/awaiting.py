"""Waiting until files are indexed, with a bar for a person to look at."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from time import monotonic, sleep

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.intake import Crew
from cli.output import remarks
from cli.session import Session
from ingest.files.types import FileView, ShownStatus

_ENDED = frozenset({ShownStatus.INDEXED, ShownStatus.DISABLED, ShownStatus.ERROR})
_LOOK_SECONDS = 0.2
_SHARE = 10
"""A look at a dataset of many thousand files takes long: waiting costs at most a tenth of a core."""


def await_ended(session: Session, crew: Crew, dataset_id: str, ids: AbstractSet[str]) -> list[FileView]:
    """The files once all of them have ended. One that somebody deletes meanwhile is no longer waited for."""
    console = remarks()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("Indexing", total=len(ids))
        while True:
            started = monotonic()
            files = [file for file in session.files(dataset_id) if file.id in ids]
            ended = sum(file.status in _ENDED for file in files)
            here = "Indexing" if crew.is_here else "Indexing, by the running server"
            progress.update(bar, completed=sum(map(_share, files)), description=here)
            if ended == len(files):
                return files
            crew.ensure()
            sleep(max(_LOOK_SECONDS, _SHARE * (monotonic() - started)))


def _share(file: FileView) -> float:
    """How much of one file is done, from 0 to 1."""
    return 1.0 if file.status in _ENDED else file.progress / 100
