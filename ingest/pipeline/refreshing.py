"""Keeps the vectors of a chunk that a person changed like its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.files import repository
from ingest.files.jobs import EMBED_QUEUE
from ingest.files.models import Chunk, File
from ingest.files.ports import DatasetGate, Shelf
from ingest.pipeline.points import passage_of, points_of
from ingest.review.jobs import REFRESH
from kit.db.database import Database
from kit.ids import window_point_id
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from retrieval.embedding.models import Models
from retrieval.stores.protocol import VectorStore

_MOST_WINDOWS = 64
"""Of a chunk, before or after: 2,048 tokens in the shortest windows that models have are 20."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the rows say. `chunk` is None where it is gone, and its points go as well."""

    shelf: Shelf
    file: File
    chunk: Chunk | None

    @property
    def text(self) -> tuple[Shelf, str | None, str | None]:
        """What is to be where; another shelf is another text."""
        chunk = self.chunk
        return self.shelf, chunk.context if chunk else None, chunk.content if chunk else None


@dataclass(frozen=True, slots=True)
class RefreshHandler:
    database: Database
    jobs: JobQueue
    gate: DatasetGate
    store: VectorStore
    models: Models

    kind = REFRESH
    queue = EMBED_QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            self._refresh(claim, signals)

    def gave_up(self, claim: Claim, error: str) -> None:
        """The job's own row says it; rows decide what is shown, so no old text is."""

    def _refresh(self, claim: Claim, signals: Signals) -> None:
        """Until the row says after a write what it said before."""
        wanted = self._look(claim)
        while wanted is not None and not signals.stopping():
            self._write(claim.text("chunk_id"), wanted)
            wanted = self._end(claim, wanted)
        if wanted is not None:
            with self.database.write() as session:
                self.jobs.release(session, claim)

    def _look(self, claim: Claim) -> _Wanted | None:
        with self.database.write() as session:
            self.jobs.hold(session, claim)
            wanted = self._wanted(session, claim)
            if wanted is None:
                self.jobs.complete(session, claim)
            return wanted

    def _end(self, claim: Claim, written: _Wanted) -> _Wanted | None:
        """None when the job is done. The row is held while it is compared: a change that is under way is seen, and one
        that comes later makes a job of its own."""
        with self.database.write() as session:
            self.jobs.hold(session, claim, progressed=True)
            wanted = self._wanted(session, claim)
            if wanted is None or wanted.text == written.text:
                repository.unshelve(session, written.file.id)
                self.jobs.complete(session, claim)
                return None
            return wanted

    def _wanted(self, session: Session, claim: Claim) -> _Wanted | None:
        file = session.get(File, claim.text("file_id"))
        shelf = None if file is None else self.gate.shelf(session, file.dataset_id, hold=True)
        if file is None or shelf is None or file.deleted_at is not None:
            return None
        row = select(Chunk).where(Chunk.id == claim.text("chunk_id")).with_for_update()
        chunk = session.scalar(row.execution_options(populate_existing=True))
        if chunk is not None and chunk.generation != file.active_generation:
            return None  # a newer build has been switched to, and carries the change itself
        return _Wanted(shelf, file, chunk)

    def _write(self, chunk_id: str, wanted: _Wanted) -> None:
        """New windows over old ones, then away with those that the new text has no more."""
        windows, collection = 0, wanted.shelf.collection
        if wanted.chunk is not None:
            (vectors,) = self.models.of(wanted.shelf.model).embed_passages([passage_of(wanted.chunk)])
            windows = len(vectors)
            self.store.upsert(collection, points_of(wanted.chunk, wanted.file, vectors, live=True))
        stale = [window_point_id(chunk_id, window) for window in range(windows, max(windows, _MOST_WINDOWS))]
        self.store.delete_points(collection, wanted.file.id, stale)
