"""The job that changes a dataset's embedding model: fill, compare, switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from ingest.datasets.events import DATASET_UPDATED, tell_dataset
from ingest.datasets.jobs import CHANGE_MODEL, EMBED_QUEUE, clear_shelves_job
from ingest.datasets.models import Dataset, DatasetShelf, ModelChange
from ingest.datasets.repository import tuning_of
from ingest.datasets.types import ChangeState, ShelfState
from ingest.model_changes import repository
from ingest.model_changes.filling import Filling
from ingest.model_changes.service import ModelChanges
from ingest.model_changes.types import SwitchPolicy
from kit.clock import Clock
from kit.db.database import Database
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from retrieval.evaluation.statistics import Verdict
from retrieval.golden.comparing import PlaceComparison
from retrieval.search.ports import SearchTarget
from retrieval.stores.protocol import CollectionSpec, VectorStore

TURN = 8
"""Slices after which others have their turn, as in a build."""

_log = structlog.get_logger(__name__)


class _StoppedError(Exception):
    """The worker is stopping."""


@dataclass(frozen=True, slots=True)
class ModelChangeHandler:
    """Killed at any point, it goes on where the rows say that it was."""

    database: Database
    jobs: JobQueue
    store: VectorStore
    clock: Clock
    changes: ModelChanges
    filling: Filling
    comparison: PlaceComparison

    kind = CHANGE_MODEL
    queue = EMBED_QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            change = self._begun(claim)
            if change is not None:
                self._work(claim, change, signals)

    def gave_up(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            change = session.get(ModelChange, claim.text("change_id"))
            if change is not None and change.state in repository.OPEN:
                self.changes.end(session, change, ChangeState.FAILED, error)

    def _begun(self, claim: Claim) -> ModelChange | None:
        """With its shelf there, and nothing on it that is older than the change. None where it has ended."""
        with self.database.write() as session:
            self.jobs.hold(session, claim)
            change = session.get(ModelChange, claim.text("change_id"))
            if change is None or change.state != ChangeState.FILLING:
                self.jobs.complete(session, claim)
                return None
            is_there = repository.shelf(session, change.dataset_id, change.new_collection) is not None
            change.chunks_total = repository.chunks_in_all(session, change.dataset_id)
            change.chunks_done = repository.chunks_shelved(session, change.dataset_id, change.new_collection)
        if not is_there:
            self._make_shelf(claim, change)
        return change

    def _make_shelf(self, claim: Claim, change: ModelChange) -> None:
        """Emptied before its row is there: from then on what stands on it counts."""
        binding = self.changes.models[change.new_model]
        self.store.ensure(CollectionSpec(binding.collection, binding.vector_size))
        self.store.delete_dataset(binding.collection, change.dataset_id)
        with self.database.write() as session:
            self.jobs.hold(session, claim, progressed=True)
            session.add(
                DatasetShelf(
                    dataset_id=change.dataset_id,
                    collection=binding.collection,
                    tenant_id=change.tenant_id,
                    embedding_provider=binding.provider,
                    embedding_model=binding.name,
                    vector_size=binding.vector_size,
                    state=ShelfState.FILLING,
                )
            )

    def _work(self, claim: Claim, change: ModelChange, signals: Signals) -> None:
        for _ in range(TURN):
            if signals.stopping():
                break
            if self.filling.fill_some(claim, change):
                continue
            if self._finish(claim, change, signals):
                return
        with self.database.write() as session:
            self.jobs.release(session, claim, to_the_back=not signals.stopping())

    def _finish(self, claim: Claim, change: ModelChange, signals: Signals) -> bool:
        """Whether the job has come to its end: everything was on the shelf a moment ago."""
        if change.policy != SwitchPolicy.ALWAYS and change.comparison is None:
            try:
                change.comparison = self._compared(claim, change, signals)
            except _StoppedError:
                return False
        waits = change.policy == SwitchPolicy.BY_HAND or _says_worse(change)
        with self.database.write() as session:
            self.jobs.hold(session, claim, progressed=True)
            dataset = repository.held_dataset(session, change.dataset_id)
            row = session.get_one(ModelChange, change.id)
            if dataset is None or dataset.deleted_at is not None:
                self.jobs.complete(session, claim)
                return True
            if repository.pending(session, change.dataset_id, change.new_collection, limit=1):
                return False  # something came in just now
            if waits:
                row.state = ChangeState.READY
            else:
                self._switch(session, dataset, row)
            self.jobs.complete(session, claim)
        _log.info("model_change.filled", change_id=change.id, dataset_id=change.dataset_id, switched=not waits)
        return True

    def _compared(self, claim: Claim, change: ModelChange, signals: Signals) -> dict[str, object] | None:
        """None where there is no golden question."""

        def step() -> None:
            if signals.stopping():
                raise _StoppedError
            with self.database.write() as session:
                self.jobs.hold(session, claim, progressed=True)

        with self.database.read() as session:
            dataset = session.get_one(Dataset, change.dataset_id)
            tuning = tuning_of(dataset.hybrid_alpha, dataset.fusion)
        before = SearchTarget(change.old_collection, change.old_model, [change.dataset_id], tuning)
        after = SearchTarget(change.new_collection, change.new_model, [change.dataset_id], tuning)
        compared = self.comparison.compare(change.tenant_id, before, after, step=step)
        if compared is None:
            return None
        told = dict(compared.told)
        with self.database.write() as session:
            self.jobs.hold(session, claim, progressed=True)
            session.get_one(ModelChange, change.id).comparison = told
        return told

    def _switch(self, session: Session, dataset: Dataset, change: ModelChange) -> None:
        """One transaction: a search is before it or after it. What was searched is kept, with a note of each file."""
        now = self.clock.now()
        shelf = session.get_one(DatasetShelf, (dataset.id, change.new_collection))
        kept = DatasetShelf(
            dataset_id=dataset.id,
            collection=dataset.collection,
            tenant_id=dataset.tenant_id,
            embedding_provider=dataset.embedding_provider,
            embedding_model=dataset.embedding_model,
            vector_size=dataset.vector_size,
            state=ShelfState.KEPT,
            kept_until=now + self.changes.keep,
        )
        dataset.embedding_provider, dataset.embedding_model = shelf.embedding_provider, shelf.embedding_model
        dataset.vector_size, dataset.collection, dataset.updated_at = shelf.vector_size, shelf.collection, now
        repository.empty_shelf(session, dataset.id, shelf.collection)
        session.delete(shelf)
        session.add(kept)
        repository.shelve_all(session, dataset.id, kept.collection)
        change.state, change.switched_at = ChangeState.SWITCHED, now
        change.chunks_done = change.chunks_total = repository.chunks_in_all(session, dataset.id)
        tell_dataset(session, dataset, DATASET_UPDATED)
        self.jobs.enqueue(
            session, clear_shelves_job(tenant_id=dataset.tenant_id, dataset_id=dataset.id, run_after=kept.kept_until)
        )


def _says_worse(change: ModelChange) -> bool:
    """Unless a person has decided otherwise."""
    if change.policy == SwitchPolicy.ALWAYS or change.comparison is None:
        return False
    return change.comparison.get("verdict") == Verdict.WORSE
