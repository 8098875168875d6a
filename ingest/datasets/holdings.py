"""What datasets hold, in bytes and passages, and when they were last brought up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from ingest.datasets.models import Dataset
from ingest.files.models import Chunk, File, FileGeneration
from ingest.files.types import FileStatus

_FLOAT_BYTES = 4
_ON_THEIR_WAY = (FileStatus.PENDING, FileStatus.PARSING, FileStatus.EMBEDDING)


@dataclass(frozen=True, slots=True)
class Holdings:
    """Of living files. `vector_bytes` is what the vectors of searched passages take as 32-bit floats; an engine's
    indexes come on top. `text_characters` counts every passage that is stored, ones of older builds among them."""

    files: int = 0
    failed: int = 0
    building: int = 0
    passages: int = 0
    original_bytes: int = 0
    text_characters: int = 0
    vector_bytes: int = 0
    indexed_at: datetime | None = None


def holdings(session: Session, dataset_ids: Sequence[str]) -> Mapping[str, Holdings]:
    """By dataset; one without files is absent."""
    characters = _characters(session, dataset_ids)
    active = (FileGeneration.file_id == File.id) & (FileGeneration.number == File.active_generation)
    wanted = (
        select(
            File.dataset_id,
            func.count(),
            func.sum(case((File.status == FileStatus.ERROR, 1), else_=0)),
            func.sum(case((File.status.in_(_ON_THEIR_WAY), 1), else_=0)),
            func.coalesce(func.sum(FileGeneration.chunks_count), 0),
            func.coalesce(func.sum(File.size_bytes), 0),
            func.max(Dataset.vector_size),
            func.max(FileGeneration.activated_at),
        )
        .select_from(File)
        .join(Dataset, Dataset.id == File.dataset_id)
        .outerjoin(FileGeneration, active)
        .where(File.dataset_id.in_(dataset_ids), File.deleted_at.is_(None))
        .group_by(File.dataset_id)
    )
    return {
        dataset_id: Holdings(
            files=int(files),
            failed=int(failed),
            building=int(building),
            passages=int(passages),
            original_bytes=int(original),
            text_characters=characters.get(dataset_id, 0),
            vector_bytes=int(passages) * int(size) * _FLOAT_BYTES,
            indexed_at=indexed_at,
        )
        for dataset_id, files, failed, building, passages, original, size, indexed_at in session.execute(wanted)
    }


def _characters(session: Session, dataset_ids: Sequence[str]) -> Mapping[str, int]:
    wanted = (
        select(Chunk.dataset_id, func.sum(func.length(Chunk.content)))
        .where(Chunk.dataset_id.in_(dataset_ids))
        .group_by(Chunk.dataset_id)
    )
    return {dataset_id: int(characters) for dataset_id, characters in session.execute(wanted)}
