"""From stored chunks to vectors on a shelf that nobody searches yet. Files are not parsed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ingest.datasets.models import ModelChange
from ingest.datasets.types import ShelfState
from ingest.files import repository as files
from ingest.files.models import Chunk, File, ShelvedFile
from ingest.files.ports import Shelf
from ingest.model_changes import repository
from ingest.pipeline.points import passage_of, points_of
from ingest.pipeline.switching import Switch
from kit.db.database import Database
from kit.ids import new_id
from kit.jobs.errors import LeaseLost
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim, Progress
from retrieval.embedding.models import Models
from retrieval.stores.protocol import VectorStore

SLICE = 64
"""Chunks between two transactions, as in a build: full batches for the model, of one file or of several."""

_FILES = 32


@dataclass(frozen=True, slots=True)
class _Part:
    """`mark` tells whether the file's text is still what it was when its filling began."""

    file: File
    generation: int
    mark: str
    chunks: Sequence[Chunk]
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Filling:
    """Slice by slice. What changes meanwhile is found by comparing rows: a file whose generation on the shelf is not
    the one that is searched, or whose mark is gone, is filled anew."""

    database: Database
    jobs: JobQueue
    store: VectorStore
    models: Models
    switch: Switch

    def fill_some(self, claim: Claim, change: ModelChange) -> bool:
        """False when there is nothing left to do at this moment."""
        shelf = Shelf(change.new_collection, change.new_model)
        with self.database.write() as session:
            self.jobs.hold(session, claim)
            parts = self._next(session, change)
        if not parts:
            return False
        self._write(shelf, parts)
        try:
            flipped = self._record(claim, change, parts)
        except LeaseLost:
            self._take_back(change, parts)
            raise
        for file_id in flipped:  # somebody flipped the switch while the points were on their way
            self.switch.apply(file_id)
        return True

    def _next(self, session: Session, change: ModelChange) -> list[_Part]:
        parts: list[_Part] = []
        room = SLICE
        for file, shelved in repository.pending(session, change.dataset_id, change.new_collection, limit=_FILES):
            if room <= 0:
                break
            row = self._begun(session, change, file, shelved)
            found = files.chunks(session, file.id, row.generation, first=row.chunks_done, limit=room)
            # positions follow each other, so what was asked for and did not come is not there
            parts.append(_Part(file, row.generation, row.mark, found, row.chunks_done == 0, is_last=len(found) < room))
            room -= len(found)
        return parts

    @staticmethod
    def _begun(session: Session, change: ModelChange, file: File, shelved: ShelvedFile | None) -> ShelvedFile:
        generation = int(file.active_generation or 0)
        if shelved is not None and shelved.generation == generation:
            return shelved
        row = shelved or ShelvedFile(file_id=file.id, collection=change.new_collection, dataset_id=file.dataset_id)
        row.generation, row.mark, row.chunks_done, row.complete = generation, new_id(), 0, False
        session.add(row)
        return row

    def _write(self, shelf: Shelf, parts: Sequence[_Part]) -> None:
        """Live at once: the shelf is in no search of this dataset."""
        for part in parts:
            if part.is_first:
                self.store.delete_file(shelf.collection, part.file.id)  # an older generation, or a longer text
        passages = [passage_of(chunk) for part in parts for chunk in part.chunks]
        vectors = iter(self.models.of(shelf.model).embed_passages(passages) if passages else ())
        points = [
            point
            for part in parts
            for chunk in part.chunks
            for point in points_of(chunk, part.file, next(vectors), live=True)
        ]
        self.store.upsert(shelf.collection, points)

    def _record(self, claim: Claim, change: ModelChange, parts: Sequence[_Part]) -> list[str]:
        """Ids of files whose switch is another than what was written."""
        flipped, gone = [], []
        with self.database.write() as session:
            row = session.get_one(ModelChange, change.id)
            done = min(row.chunks_done + sum(len(part.chunks) for part in parts), row.chunks_total)
            progress = Progress("embedding", done, row.chunks_total)
            self.jobs.hold(session, claim, progressed=True, progress=progress)
            row.chunks_done = done
            for part in parts:
                repository.advance(
                    session,
                    part.file.id,
                    change.new_collection,
                    part.mark,
                    chunks=len(part.chunks),
                    complete=part.is_last,
                )
                now = session.get(File, part.file.id, populate_existing=True)
                if now is None or now.deleted_at is not None:
                    gone.append(part.file.id)
                elif now.enabled != part.file.enabled:
                    flipped.append(part.file.id)
        for file_id in gone:
            self.store.delete_file(change.new_collection, file_id)
        return flipped

    def _take_back(self, change: ModelChange, parts: Sequence[_Part]) -> None:
        """What was written for a change that was called off meanwhile; whoever took it over needs it."""
        with self.database.write() as session:
            shelf = repository.shelf(session, change.dataset_id, change.new_collection)
            is_of_use = shelf is not None and shelf.state != ShelfState.DROPPING
        if not is_of_use:
            for part in parts:
                self.store.delete_file(change.new_collection, part.file.id)
