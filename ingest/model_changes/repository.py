"""Rows of model changes, of the collections beside the one that is searched, and of what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from ingest.datasets.models import Dataset, DatasetShelf, ModelChange
from ingest.datasets.types import ChangeState, ShelfState
from ingest.files.models import File, FileGeneration, ShelvedFile
from kit.ids import new_id

OPEN = (ChangeState.FILLING, ChangeState.READY)


def open_change(session: Session, dataset_id: str) -> ModelChange | None:
    wanted = select(ModelChange).where(ModelChange.dataset_id == dataset_id, ModelChange.state.in_(OPEN))
    return session.scalar(wanted)


def changes(session: Session, dataset_id: str) -> Sequence[ModelChange]:
    """Newest first."""
    wanted = select(ModelChange).where(ModelChange.dataset_id == dataset_id)
    return list(session.scalars(wanted.order_by(ModelChange.id.desc())))


def held_dataset(session: Session, dataset_id: str) -> Dataset | None:
    """As it is now. Until the end of the transaction no step of a build ends on it, and nobody else changes it."""
    return session.get(Dataset, dataset_id, with_for_update=True, populate_existing=True)


def shelf(session: Session, dataset_id: str, collection: str) -> DatasetShelf | None:
    return session.get(DatasetShelf, (dataset_id, collection), with_for_update=True, populate_existing=True)


class Pending(NamedTuple):
    """A file whose active generation is not complete on a shelf, with what is known of it there."""

    file: File
    shelved: ShelvedFile | None


def pending(session: Session, dataset_id: str, collection: str, *, limit: int) -> Sequence[Pending]:
    """Oldest files first."""
    on_shelf = (ShelvedFile.file_id == File.id) & (ShelvedFile.collection == collection)
    wanted = (
        select(File, ShelvedFile)
        .outerjoin(ShelvedFile, on_shelf)
        .where(*_searched(dataset_id), _is_incomplete())
        .order_by(File.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [Pending(file, shelved) for file, shelved in session.execute(wanted)]


def _searched(dataset_id: str) -> Sequence[ColumnElement[bool]]:
    return File.dataset_id == dataset_id, File.deleted_at.is_(None), File.active_generation.is_not(None)


def _is_incomplete() -> ColumnElement[bool]:
    return or_(ShelvedFile.file_id.is_(None), ~ShelvedFile.complete, ShelvedFile.generation != File.active_generation)


def chunks_in_all(session: Session, dataset_id: str) -> int:
    active = (FileGeneration.file_id == File.id) & (FileGeneration.number == File.active_generation)
    wanted = select(func.coalesce(func.sum(FileGeneration.chunks_count), 0)).select_from(File)
    return int(session.scalar(wanted.join(FileGeneration, active).where(*_searched(dataset_id))) or 0)


def chunks_shelved(session: Session, dataset_id: str, collection: str) -> int:
    """Of the generations that are searched now."""
    active = (FileGeneration.file_id == File.id) & (FileGeneration.number == File.active_generation)
    on_shelf = (ShelvedFile.file_id == File.id) & (ShelvedFile.collection == collection)
    wanted = (
        select(func.coalesce(func.sum(ShelvedFile.chunks_done), 0))
        .select_from(File)
        .join(FileGeneration, active)
        .join(ShelvedFile, on_shelf & (ShelvedFile.generation == File.active_generation))
        .where(*_searched(dataset_id))
    )
    return int(session.scalar(wanted) or 0)


def advance(session: Session, file_id: str, collection: str, mark: str, *, chunks: int, complete: bool) -> bool:
    """False where somebody has changed the file's text meanwhile: it is then to be filled anew."""
    statement = (
        update(ShelvedFile)
        .where(ShelvedFile.file_id == file_id, ShelvedFile.collection == collection, ShelvedFile.mark == mark)
        .values(chunks_done=ShelvedFile.chunks_done + chunks, complete=complete)
        .execution_options(synchronize_session=False)
    )
    return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def shelve_all(session: Session, dataset_id: str, collection: str) -> None:
    """What is searched now is complete there."""
    active = (FileGeneration.file_id == File.id) & (FileGeneration.number == File.active_generation)
    there = (
        select(
            File.id,
            literal(collection),
            File.dataset_id,
            FileGeneration.number,
            literal(new_id()),
            FileGeneration.chunks_count,
            literal(True),
        )
        .join(FileGeneration, active)
        .where(*_searched(dataset_id))
    )
    columns = ["file_id", "collection", "dataset_id", "generation", "mark", "chunks_done", "complete"]
    session.execute(insert(ShelvedFile).from_select(columns, there))


def empty_shelf(session: Session, dataset_id: str, collection: str) -> None:
    """In the rows; the vectors are the engine's."""
    session.execute(
        delete(ShelvedFile).where(ShelvedFile.dataset_id == dataset_id, ShelvedFile.collection == collection)
    )


def shelves_of(session: Session, dataset_id: str) -> Sequence[DatasetShelf]:
    wanted = select(DatasetShelf).where(DatasetShelf.dataset_id == dataset_id).order_by(DatasetShelf.collection)
    return list(session.scalars(wanted.with_for_update().execution_options(populate_existing=True)))


def is_over(row: DatasetShelf, now: datetime) -> bool:
    return row.state == ShelfState.DROPPING or (
        row.state == ShelfState.KEPT and row.kept_until is not None and row.kept_until <= now
    )
