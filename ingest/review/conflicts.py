"""Edits that no longer find the text that they were made to: found, and let go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files.models import Chunk, File, FileGeneration
from ingest.files.ports import DatasetGate
from ingest.review.changeable import changeable_file
from ingest.review.models import ChunkOverlay
from ingest.review.types import OverlayKind


@dataclass(frozen=True, slots=True)
class Conflicts:
    """All methods take the caller's session and leave committing to it."""

    gate: DatasetGate

    def edited_since(self, session: Session, since: datetime | None) -> Sequence[str]:
        """Files with edits whose present build became the one that is searched at that time or later. None: all."""
        wanted = (
            select(ChunkOverlay.file_id)
            .join(File, File.id == ChunkOverlay.file_id)
            .join(FileGeneration, _is_searched())
            .where(ChunkOverlay.kind == OverlayKind.EDIT, File.deleted_at.is_(None))
        )
        if since is not None:
            wanted = wanted.where(FileGeneration.activated_at >= since)
        return session.scalars(wanted.distinct().order_by(ChunkOverlay.file_id)).all()

    def of(self, session: Session, file: File) -> Sequence[ChunkOverlay]:
        """Oldest first. None of a file that was deleted, or has no build that is searched."""
        if file.deleted_at is not None or file.active_generation is None:
            return []
        applied = select(Chunk.overlay_id).where(
            Chunk.file_id == file.id, Chunk.generation == file.active_generation, Chunk.overlay_id.is_not(None)
        )
        edits = select(ChunkOverlay).where(ChunkOverlay.file_id == file.id, ChunkOverlay.kind == OverlayKind.EDIT)
        return session.scalars(edits.where(ChunkOverlay.id.not_in(applied)).order_by(ChunkOverlay.id)).all()

    def searched_since(self, session: Session, file: File) -> datetime | None:
        """When the build that is searched became so."""
        wanted = select(FileGeneration.activated_at).join(File, _is_searched()).where(File.id == file.id)
        return session.scalar(wanted)

    def discard(self, session: Session, principal: Principal, dataset_id: str, file_id: str) -> int:
        """Lets the edits go that are in conflict; how many there were. Refused as every change of the file's is."""
        file = changeable_file(session, self.gate, principal, dataset_id, file_id)
        found = self.of(session, file)
        for one in found:
            session.delete(one)
        session.flush()
        return len(found)


def _is_searched() -> ColumnElement[bool]:
    return and_(FileGeneration.file_id == File.id, FileGeneration.number == File.active_generation)
