"""Rows of files, generations and chunks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from identity.models import Tenant
from ingest.files.errors import FileIsNotThere
from ingest.files.models import Chunk, ChunkGist, File, FileGeneration, ShelvedFile
from ingest.files.types import FileStatus

_AT_ONCE = 400
"""Values in one statement: SQLite takes no more than 999 in its older versions."""


class FileRow(NamedTuple):
    """A file, the chunk count of the generation that is searched, and its newest generation."""

    file: File
    active_chunks: int | None
    latest: FileGeneration | None


def of_dataset(session: Session, dataset_id: str) -> list[FileRow]:
    """Living files, oldest first."""
    return _rows(session, File.dataset_id == dataset_id)


def get(session: Session, dataset_id: str, file_id: str) -> FileRow:
    """FileIsNotThere when it is deleted or in another dataset."""
    found = _rows(session, (File.dataset_id == dataset_id) & (File.id == file_id))
    if not found:
        raise FileIsNotThere(file_id)
    return found[0]


def _rows(session: Session, condition: ColumnElement[bool]) -> list[FileRow]:
    active, latest = aliased(FileGeneration), aliased(FileGeneration)
    wanted = (
        select(File, active.chunks_count, latest)
        .outerjoin(active, (active.file_id == File.id) & (active.number == File.active_generation))
        .outerjoin(latest, (latest.file_id == File.id) & (latest.number == File.latest_generation))
        .where(condition, File.deleted_at.is_(None))
        .order_by(File.id)
    )
    return [FileRow(*row) for row in session.execute(wanted)]


def living_by_name(session: Session, dataset_id: str, names: Collection[str]) -> dict[str, File]:
    """Those of the names that are taken."""
    found: dict[str, File] = {}
    everything = list(names)
    for start in range(0, len(everything), _AT_ONCE):
        some = everything[start : start + _AT_ONCE]
        wanted = select(File).where(File.dataset_id == dataset_id, File.name.in_(some), File.deleted_at.is_(None))
        found |= {file.name: file for file in session.scalars(wanted)}
    return found


def living_by_hash(session: Session, dataset_id: str, sha256: str) -> File | None:
    """The oldest living file with these bytes."""
    wanted = select(File).where(File.dataset_id == dataset_id, File.sha256 == sha256, File.deleted_at.is_(None))
    return session.scalar(wanted.order_by(File.id).limit(1))


def in_error(session: Session, dataset_id: str) -> Sequence[File]:
    """Living files whose newest build failed, oldest first."""
    wanted = select(File).where(File.dataset_id == dataset_id, File.deleted_at.is_(None))
    return list(session.scalars(wanted.where(File.status == FileStatus.ERROR).order_by(File.id)))


def generation(session: Session, file_id: str, number: int) -> FileGeneration | None:
    return session.get(FileGeneration, (file_id, number))


def generations(session: Session, file_id: str) -> list[FileGeneration]:
    wanted = select(FileGeneration).where(FileGeneration.file_id == file_id).order_by(FileGeneration.number)
    return list(session.scalars(wanted))


def with_generations(
    session: Session, places: Sequence[tuple[str, int]]
) -> dict[str, tuple[File, Sequence[FileGeneration]]]:
    """Files by id, each with the named ones of its generations: for as long as this is kept, the session finds them
    without asking again."""
    files = session.scalars(select(File).where(File.id.in_({file_id for file_id, _ in places})))
    built = session.scalars(
        select(FileGeneration).where(tuple_(FileGeneration.file_id, FileGeneration.number).in_(places))
    ).all()
    return {file.id: (file, [one for one in built if one.file_id == file.id]) for file in files}


def chunks(session: Session, file_id: str, number: int, *, first: int, limit: int) -> list[Chunk]:
    """At most `limit` chunks of a generation from position `first` on, in order."""
    wanted = select(Chunk).where(Chunk.file_id == file_id, Chunk.generation == number, Chunk.position >= first)
    return list(session.scalars(wanted.order_by(Chunk.position).limit(limit)))


def ids_of_chunks(session: Session, file_id: str, number: int, *, limit: int) -> list[str]:
    """Of a generation, in their order."""
    wanted = select(Chunk.id).where(Chunk.file_id == file_id, Chunk.generation == number)
    return list(session.scalars(wanted.order_by(Chunk.position).limit(limit)))


def delete_generation(session: Session, file_id: str, number: int) -> None:
    """The generation with its chunks."""
    session.execute(delete(Chunk).where(Chunk.file_id == file_id, Chunk.generation == number))
    session.execute(delete(ChunkGist).where(ChunkGist.file_id == file_id, ChunkGist.generation == number))
    session.execute(delete(FileGeneration).where(FileGeneration.file_id == file_id, FileGeneration.number == number))


def delete_file(session: Session, file_id: str) -> None:
    """The file's row; its generations are gone already."""
    unshelve(session, file_id)
    session.execute(delete(File).where(File.id == file_id))


def unshelve(session: Session, file_id: str) -> None:
    """Its vectors beside those that are searched are not to be relied on any more."""
    session.execute(delete(ShelvedFile).where(ShelvedFile.file_id == file_id))


def original_is_used(session: Session, *, tenant_id: str, sha256: str) -> bool:
    """Whether any file of the tenant, or any generation that is kept, was made of these bytes."""
    by_file = exists().where(File.tenant_id == tenant_id, File.sha256 == sha256)
    by_generation = exists().where(FileGeneration.tenant_id == tenant_id, FileGeneration.sha256 == sha256)
    return bool(session.scalar(select(or_(by_file, by_generation))))


def hold_originals(session: Session, tenant_id: str) -> None:
    """Until the end of the transaction nobody else keeps or removes originals of this tenant."""
    # Not the key: rows that point to the tenant are written meanwhile by who holds its trail, which this transaction
    # asks for in the end. Each would wait for the other.
    session.execute(select(Tenant.id).where(Tenant.id == tenant_id).with_for_update(key_share=True))


def bytes_of(session: Session, tenant_id: str, *, dataset_id: str | None = None) -> int:
    """Of all living files of the tenant, or of one of its datasets; switched off ones among them."""
    wanted = select(func.sum(File.size_bytes)).where(File.tenant_id == tenant_id, File.deleted_at.is_(None))
    if dataset_id is not None:
        wanted = wanted.where(File.dataset_id == dataset_id)
    return session.scalar(wanted) or 0


def chunks_of(session: Session, tenant_id: str, *, without: str | None = None) -> int:
    """Chunks of the tenant's living files as they serve, or as they are built where they do not serve yet. `without`
    leaves a file out."""
    number = func.coalesce(File.active_generation, File.latest_generation)
    wanted = (
        select(func.sum(FileGeneration.chunks_count))
        .join(File, (File.id == FileGeneration.file_id) & (FileGeneration.number == number))
        .where(File.tenant_id == tenant_id, File.deleted_at.is_(None))
    )
    if without is not None:
        wanted = wanted.where(File.id != without)
    return session.scalar(wanted) or 0


def ids_in_dataset(session: Session, dataset_id: str, *, limit: int) -> Sequence[str]:
    """Files of a dataset, deleted ones among them."""
    return list(session.scalars(select(File.id).where(File.dataset_id == dataset_id).order_by(File.id).limit(limit)))
