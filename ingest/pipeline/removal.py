"""Removes what is left of deleted files and datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ingest.datasets import jobs as dataset_jobs
from ingest.datasets.models import Dataset, DatasetShelf, ModelChange
from ingest.files import repository
from ingest.files.jobs import DEFAULT_QUEUE, REMOVE
from ingest.files.models import File
from ingest.files.ports import DatasetGate
from ingest.pipeline.sweeping import drop_original, remove_generation
from ingest.review import repository as review
from ingest.storage.protocol import FileStore
from kit.db.database import Database
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from retrieval.stores.protocol import VectorStore

_FILES_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class FileRemoval:
    database: Database
    jobs: JobQueue
    gate: DatasetGate
    store: VectorStore
    files: FileStore

    kind = REMOVE
    queue = DEFAULT_QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:  # noqa: ARG002 - one file is over soon
        for claim in claims:
            self._remove(claim)

    def gave_up(self, claim: Claim, error: str) -> None:
        """Nothing shows for it but the job's own row: a deleted file is in no search. The doctor finds it."""

    def _remove(self, claim: Claim) -> None:
        file_id = claim.text("file_id")
        with self.database.read() as session:
            file = session.get(File, file_id)
            shelves = () if file is None else self.gate.shelves(session, file.dataset_id)
        for shelf in shelves:
            self.store.delete_file(shelf.collection, file_id)
        with self.database.write() as session:
            self.jobs.hold(session, claim, progressed=True)
            if file is not None:
                remove_file(session, self.files, file)
            self.jobs.complete(session, claim)


class Belongings(Protocol):
    """What somebody else keeps about datasets, and wants removed with them."""

    def remove(self, session: Session, dataset_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class DatasetRemoval:
    database: Database
    jobs: JobQueue
    gate: DatasetGate
    store: VectorStore
    files: FileStore
    belongings: Sequence[Belongings] = ()

    kind = dataset_jobs.REMOVE
    queue = dataset_jobs.QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            self._remove(claim, signals)

    def gave_up(self, claim: Claim, error: str) -> None:
        """Nothing shows for it but the job's own row: a deleted dataset is in no search. The doctor finds it."""

    def _remove(self, claim: Claim, signals: Signals) -> None:
        dataset_id = claim.text("dataset_id")
        with self.database.read() as session:
            shelves = self.gate.shelves(session, dataset_id)
        for shelf in shelves:
            self.store.delete_dataset(shelf.collection, dataset_id)
        while not signals.stopping():
            with self.database.write() as session:
                self.jobs.hold(session, claim, progressed=True)
                if not self._remove_some(session, dataset_id):
                    for others in self.belongings:
                        others.remove(session, dataset_id)
                    session.execute(delete(DatasetShelf).where(DatasetShelf.dataset_id == dataset_id))
                    session.execute(delete(ModelChange).where(ModelChange.dataset_id == dataset_id))
                    session.execute(delete(Dataset).where(Dataset.id == dataset_id))
                    self.jobs.complete(session, claim)
                    return
        with self.database.write() as session:
            self.jobs.release(session, claim)

    def _remove_some(self, session: Session, dataset_id: str) -> int:
        ids = repository.ids_in_dataset(session, dataset_id, limit=_FILES_AT_ONCE)
        for file_id in ids:
            remove_file(session, self.files, session.get_one(File, file_id))
        return len(ids)


def remove_file(session: Session, files: FileStore, file: File) -> None:
    """The file with all its generations."""
    repository.hold_originals(session, file.tenant_id)
    for generation in repository.generations(session, file.id):
        remove_generation(session, files, generation)
    review.delete_overlays(session, file.id)
    repository.delete_file(session, file.id)
    drop_original(session, files, tenant_id=file.tenant_id, sha256=file.sha256)
