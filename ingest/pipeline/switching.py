"""Keeps the vectors' `enabled` like the row's, wherever the dataset has vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.files.jobs import DEFAULT_QUEUE, SWITCH
from ingest.files.models import File
from ingest.files.ports import DatasetGate, Shelf
from kit.db.database import Database
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from retrieval.stores.protocol import VectorStore


@dataclass(frozen=True, slots=True)
class Switch:
    database: Database
    store: VectorStore
    gate: DatasetGate

    def apply(self, file_id: str) -> None:
        """Until the row says after a write what it said before: of two callers who flip it at the same moment, the one
        that writes last sees what the rows say in the end."""
        wanted = self._wanted(file_id)
        while wanted is not None:
            shelves, enabled = wanted
            for shelf in shelves:
                self.store.set_enabled(shelf.collection, file_id, enabled=enabled)
            after = self._wanted(file_id)
            if after == wanted:
                return
            wanted = after

    def _wanted(self, file_id: str) -> tuple[Sequence[Shelf], bool] | None:
        """A deleted file is off until it is removed; None when there is no file any more."""
        with self.database.read() as session:
            file = session.get(File, file_id)
            if file is None:
                return None
            shelves = self.gate.shelves(session, file.dataset_id)
            return (shelves, file.enabled and file.deleted_at is None) if shelves else None


@dataclass(frozen=True, slots=True)
class SwitchHandler:
    """The guarantee behind `Switch.apply`, which callers use to see the change at once."""

    database: Database
    jobs: JobQueue
    switch: Switch

    kind = SWITCH
    queue = DEFAULT_QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:  # noqa: ARG002 - over in a moment
        for claim in claims:
            self.switch.apply(claim.text("file_id"))
            with self.database.write() as session:
                self.jobs.complete(session, claim)

    def gave_up(self, claim: Claim, error: str) -> None:
        """The job's own row says it; rows decide what is shown, so nothing is found that should not be."""
