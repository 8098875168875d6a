"""Removes generations that serve no more: superseded, given up or failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ingest.files import repository
from ingest.files.jobs import DEFAULT_QUEUE, SWEEP
from ingest.files.models import File, FileGeneration
from ingest.files.ports import DatasetGate
from ingest.files.types import GenerationState
from ingest.pipeline.serving import serve_rows
from ingest.storage.protocol import FileStore, original_key
from kit.db.database import Database
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from retrieval.stores.protocol import VectorStore

USELESS = (GenerationState.RETIRED, GenerationState.FAILED)


@dataclass(frozen=True, slots=True)
class SweepHandler:
    database: Database
    jobs: JobQueue
    gate: DatasetGate
    store: VectorStore
    files: FileStore

    kind = SWEEP
    queue = DEFAULT_QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:  # noqa: ARG002 - one file is over soon
        for claim in claims:
            self._sweep(claim)

    def gave_up(self, claim: Claim, error: str) -> None:
        """Nothing shows for it but the job's own row: what is left is in no search. The doctor finds it."""

    def _sweep(self, claim: Claim) -> None:
        file_id = claim.text("file_id")
        with self.database.read() as session:
            file = session.get(File, file_id)
            shelves = () if file is None else self.gate.shelves(session, file.dataset_id)
            useless = [g for g in repository.generations(session, file_id) if g.state in USELESS]
        for shelf in shelves:
            for generation in useless:
                self.store.delete_generation(shelf.collection, file_id, generation.number)
        if file is not None and any(g.number > (file.active_generation or 0) for g in useless):
            # A build that failed or was given up at its very end had been switched to in the engine.
            serve_rows(self.database, self.gate, self.store, file_id)
        with self.database.write() as session:
            self.jobs.hold(session, claim, progressed=True)
            for generation in useless:
                remove_generation(session, self.files, generation)
            self.jobs.complete(session, claim)


def remove_generation(session: Session, files: FileStore, generation: FileGeneration) -> None:
    """Rows, blocks, and the original bytes if nothing else was made of them."""
    repository.hold_originals(session, generation.tenant_id)
    repository.delete_generation(session, generation.file_id, generation.number)
    if generation.blocks_key is not None:
        files.delete(generation.blocks_key)
    drop_original(session, files, tenant_id=generation.tenant_id, sha256=generation.sha256)


def drop_original(session: Session, files: FileStore, *, tenant_id: str, sha256: str) -> None:
    """Call it after `hold_originals`, when the rows that used the bytes are gone."""
    if not repository.original_is_used(session, tenant_id=tenant_id, sha256=sha256):
        files.delete(original_key(tenant_id=tenant_id, sha256=sha256))
