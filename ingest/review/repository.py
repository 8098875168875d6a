"""Rows of overlays, and the chunks that they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ingest.files.models import Chunk, File
from ingest.review.models import ChunkOverlay

_AT_ONCE = 500


def locked_file(session: Session, file_id: str) -> File:
    """The file's row as it is now, held until the end of the transaction: no build begins meanwhile."""
    wanted = select(File).where(File.id == file_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(wanted).one()


def overlays(session: Session, file_id: str) -> list[ChunkOverlay]:
    """Oldest first."""
    return list(session.scalars(select(ChunkOverlay).where(ChunkOverlay.file_id == file_id).order_by(ChunkOverlay.id)))


def having_overlays(session: Session, file_ids: Sequence[str]) -> set[str]:
    """Those of the files that a person has changed chunks of."""
    return set(session.scalars(select(ChunkOverlay.file_id).where(ChunkOverlay.file_id.in_(file_ids)).distinct()))


def overlay(session: Session, file_id: str, overlay_id: str) -> ChunkOverlay | None:
    found = session.get(ChunkOverlay, overlay_id)
    return found if found is not None and found.file_id == file_id else None


def delete_overlays(session: Session, file_id: str) -> None:
    session.execute(delete(ChunkOverlay).where(ChunkOverlay.file_id == file_id))


def chunk(session: Session, file: File, chunk_id: str) -> Chunk | None:
    """Of the generation that is searched."""
    found = session.get(Chunk, chunk_id)
    is_shown = found is not None and found.file_id == file.id and found.generation == file.active_generation
    return found if is_shown else None


def chunk_of_overlay(session: Session, file: File, overlay_id: str) -> Chunk | None:
    """Of the generation that is searched."""
    wanted = select(Chunk).where(Chunk.file_id == file.id, Chunk.generation == file.active_generation)
    return session.scalar(wanted.where(Chunk.overlay_id == overlay_id))


def chunks_by_overlay(session: Session, file: File) -> dict[str, str]:
    """Ids of chunks by the overlay on them, in the generation that is searched."""
    wanted = select(Chunk.overlay_id, Chunk.id).where(
        Chunk.file_id == file.id, Chunk.generation == file.active_generation, Chunk.overlay_id.is_not(None)
    )
    return {str(overlay_id): chunk_id for overlay_id, chunk_id in session.execute(wanted)}


def next_position(session: Session, file: File) -> int:
    wanted = select(func.max(Chunk.position)).where(
        Chunk.file_id == file.id, Chunk.generation == file.active_generation
    )
    last = session.scalar(wanted)
    return 0 if last is None else last + 1


def equal_before(session: Session, chunk: Chunk) -> int:
    """How many chunks before this one were parsed with the same text."""
    of_generation = (Chunk.file_id == chunk.file_id, Chunk.generation == chunk.generation)
    unchanged = select(func.count()).where(
        *of_generation, Chunk.position < chunk.position, Chunk.content == chunk.content, Chunk.overlay_id.is_(None)
    )
    changed = (
        select(func.count())
        .select_from(Chunk)
        .join(ChunkOverlay, ChunkOverlay.id == Chunk.overlay_id)
        .where(*of_generation, Chunk.position < chunk.position, ChunkOverlay.original == chunk.content)
    )
    return int(session.scalar(unchanged) or 0) + int(session.scalar(changed) or 0)


def all_chunks(session: Session, file: File, *, first: int) -> Iterator[Chunk]:
    """Of the generation that is searched, from position `first` on, in order, read in slices."""
    while True:
        wanted = select(Chunk).where(
            Chunk.file_id == file.id, Chunk.generation == file.active_generation, Chunk.position >= first
        )
        slice_ = list(session.scalars(wanted.order_by(Chunk.position).limit(_AT_ONCE)))
        yield from slice_
        if len(slice_) < _AT_ONCE:
            return
        first = slice_[-1].position + 1
