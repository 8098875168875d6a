"""`cairn export` and `cairn import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.awaiting import await_ended
from cli.intake import Crew
from cli.output import counted, print_json, readable_size, remark, say
from cli.session import HomeOption, JsonOption, opened
from kit.errors import Conflict, NotFound


def export_dataset(
    dataset: Annotated[str, typer.Argument(help="Name or id")],
    file: Annotated[Path, typer.Argument(help="Where the bundle goes", dir_okay=False)],
    *,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it is there")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a dataset with originals, chunks, corrections, settings, vectors and golden questions into one file."""
    if file.exists() and not overwrite:
        raise Conflict(f"{file} is there already; give --overwrite to replace it")
    if not file.absolute().parent.is_dir():
        raise NotFound(f"there is no folder {file.absolute().parent}")
    with opened(home) as session:
        target = session.dataset(dataset)
        receipt = session.runtime.bundles.writer.write(session.principal, target.id, file.absolute())
    if as_json:
        print_json(
            {
                "file": str(file),
                "files": receipt.files,
                "chunks": receipt.chunks,
                "vectors": receipt.vectors,
                "sizeBytes": receipt.size_bytes,
            }
        )
    else:
        what = (
            f"{counted(receipt.files, 'file')}, {counted(receipt.chunks, 'chunk')}, {readable_size(receipt.size_bytes)}"
        )
        say(f"Exported {target.name!r} to {file}: {what}.")


def import_bundle(
    file: Annotated[Path, typer.Argument(help="What `cairn export` wrote", dir_okay=False)],
    *,
    name: Annotated[str | None, typer.Option(help="Of the new dataset; unless given, as it was exported")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a dataset of a bundle: all of it or nothing. Nothing is embedded where the bundle's model is here."""
    if not file.is_file():
        raise NotFound(f"there is no file {file}")
    with opened(home) as session:
        receipt = session.runtime.bundles.reader.take(session.principal, file, name=name)
        left = receipt.embedding + receipt.building
        if left:
            remark(f"{counted(left, 'file')} to embed: the bundle has no vectors of {receipt.model!r} for them.")
            crew = Crew(session)
            crew.ensure()
            crew.nudge()
            await_ended(session, crew, receipt.dataset_id, {one.id for one in session.files(receipt.dataset_id)})
    if as_json:
        print_json(
            {
                "datasetId": receipt.dataset_id,
                "name": receipt.name,
                "files": receipt.files,
                "chunks": receipt.chunks,
                "vectors": receipt.vectors,
                "embedded": receipt.embedding,
                "built": receipt.building,
            }
        )
    else:
        say(f"Imported {receipt.name!r}: {counted(receipt.files, 'file')}, {counted(receipt.chunks, 'chunk')}.")
