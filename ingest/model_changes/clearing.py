"""Removes vectors of models that a dataset is not going back to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from ingest.datasets.jobs import CLEAR_SHELVES, QUEUE, clear_shelves_job
from ingest.datasets.models import DatasetShelf
from ingest.datasets.types import ShelfState
from ingest.model_changes import repository
from kit.clock import Clock
from kit.db.database import Database
from kit.errors import NotFound
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from retrieval.stores.protocol import VectorStore


@dataclass(frozen=True, slots=True)
class ClearShelvesHandler:
    """A shelf that is being emptied is marked first, so that nobody begins to fill it meanwhile."""

    database: Database
    jobs: JobQueue
    store: VectorStore
    clock: Clock

    kind = CLEAR_SHELVES
    queue = QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:  # noqa: ARG002 - one dataset is over soon
        for claim in claims:
            self._clear(claim)

    def gave_up(self, claim: Claim, error: str) -> None:
        """The job's own row says it. What is left is in no search."""

    def _clear(self, claim: Claim) -> None:
        dataset_id = claim.text("dataset_id")
        for collection in self._marked(claim, dataset_id):
            with suppress(NotFound):  # the collection itself is gone
                self.store.delete_dataset(collection, dataset_id)
            with self.database.write() as session:
                self.jobs.hold(session, claim, progressed=True)
                repository.empty_shelf(session, dataset_id, collection)
                row = repository.shelf(session, dataset_id, collection)
                if row is not None:
                    session.delete(row)
        self._end(claim, dataset_id)

    def _marked(self, claim: Claim, dataset_id: str) -> list[str]:
        now = self.clock.now()
        with self.database.write() as session:
            self.jobs.hold(session, claim)
            over = [row for row in repository.shelves_of(session, dataset_id) if repository.is_over(row, now)]
            for row in over:
                row.state = ShelfState.DROPPING
            return [row.collection for row in over]

    def _end(self, claim: Claim, dataset_id: str) -> None:
        """With a job for what is kept for a while yet."""
        with self.database.write() as session:
            self.jobs.complete(session, claim)
            kept: list[DatasetShelf] = [
                row for row in repository.shelves_of(session, dataset_id) if row.state == ShelfState.KEPT
            ]
            for row in kept:
                job = clear_shelves_job(tenant_id=row.tenant_id, dataset_id=dataset_id, run_after=row.kept_until)
                self.jobs.enqueue(session, job)
