"""Vectors that are there already: of passages that the version which serves has word for word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.files.models import Chunk, File
from kit.db.database import Database
from retrieval.stores.protocol import VectorStore
from retrieval.types import Filter, Vector


@dataclass(frozen=True, slots=True)
class Reuse:
    """A page of which a paragraph has changed costs that paragraph. A passage is the same where content and context
    are: the model reads both, and cuts them into the same windows."""

    database: Database
    store: VectorStore

    def of(self, collection: str, file: File, chunks: Sequence[Chunk]) -> Mapping[str, Sequence[Vector]]:
        """By id of the new chunk."""
        if file.active_generation is None or not chunks or file.active_generation == chunks[0].generation:
            return {}
        with self.database.read() as session:
            twins = self._twins(session, file, chunks)
        if not twins:
            return {}
        where = Filter(file.tenant_id, [file.dataset_id], [file.id])
        found = self.store.vectors(collection, where=where, chunk_ids=sorted(set(twins.values())))
        return {chunk_id: found[twin] for chunk_id, twin in twins.items() if twin in found}

    @staticmethod
    def _twins(session: Session, file: File, chunks: Sequence[Chunk]) -> dict[str, str]:
        """From new chunks to those of the version which serves."""
        wanted = select(Chunk.id, Chunk.content, Chunk.context).where(
            Chunk.file_id == file.id,
            Chunk.generation == file.active_generation,
            Chunk.content.in_({chunk.content for chunk in chunks}),
        )
        there = {(row.content, row.context): row.id for row in session.execute(wanted)}
        pairs = ((chunk, there.get((chunk.content, chunk.context))) for chunk in chunks)
        return {chunk.id: twin for chunk, twin in pairs if twin is not None}
