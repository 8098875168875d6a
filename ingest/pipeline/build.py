"""The build that a job is about, as it is now: found in the rows, or found to be of no more use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from sqlalchemy.orm import Session

from ingest.files import repository
from ingest.files.events import tell_updated
from ingest.files.jobs import sweep_job
from ingest.files.models import File, FileGeneration
from ingest.files.ports import DatasetGate, Shelf
from ingest.files.types import FileStatus, GenerationState
from kit.clock import Clock
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim

CURRENT = (GenerationState.BUILDING, GenerationState.ACTIVE)


@dataclass(frozen=True, slots=True)
class Build:
    """The rows belong to the session that they were found with. `shelf` is where the vectors go."""

    file: File
    generation: FileGeneration
    shelf: Shelf


@dataclass(frozen=True, slots=True)
class BuildBook:
    """What the steps of a build read and write in rows."""

    gate: DatasetGate
    queue: JobQueue
    clock: Clock

    def find(self, session: Session, claim: Claim, *, hold: bool = False) -> Build | None:
        """None when nothing is to be done any more: deleted, replaced by a newer build, or ended. `hold`: the shelf
        stays the one that is searched until the end of the transaction."""
        return self._find(session, claim, partial(self._shelf, session, hold=hold))

    @staticmethod
    def _find(session: Session, claim: Claim, shelf_of: Callable[[str], Shelf | None]) -> Build | None:
        file = session.get(File, claim.text("file_id"))
        number = claim.number("generation")
        if file is None or file.deleted_at is not None or file.latest_generation != number:
            return None
        generation = repository.generation(session, file.id, number)
        if generation is None or generation.state not in CURRENT:
            return None
        shelf = shelf_of(file.dataset_id)
        return None if shelf is None else Build(file, generation, shelf)

    def _shelf(self, session: Session, dataset_id: str, *, hold: bool = False) -> Shelf | None:
        dataset = self.gate.living(session, dataset_id, hold=hold)
        return None if dataset is None else Shelf(dataset.collection, dataset.embedding_model)

    def find_all(self, session: Session, claims: Sequence[Claim]) -> dict[str, Build]:
        """By the job's id, as `find` gives them, in a few statements; what is of no more use is left out."""
        loaded = repository.with_generations(
            session, [(claim.text("file_id"), claim.number("generation")) for claim in claims]
        )
        shelf_of = cache(partial(self._shelf, session))  # a lot is mostly of one dataset
        found = {claim.id: self._find(session, claim, shelf_of) for claim in claims if claim.text("file_id") in loaded}
        return {job_id: build for job_id, build in found.items() if build is not None}

    def enter(self, session: Session, build: Build, status: FileStatus) -> None:
        """The build's next step has begun."""
        if build.file.status != status:
            build.file.status = status
            tell_updated(session, build.file, at=self.clock.now())

    def advance(self, session: Session, build: Build, *, chunks: int) -> None:
        """So many more chunks are embedded."""
        build.file.chunks_done += chunks
        tell_updated(session, build.file, at=self.clock.now(), chunks=chunks)

    def turn_pages(self, session: Session, build: Build, *, done: int, total: int) -> None:
        """Text recognition has read so many of the pages that it is going to read."""
        build.file.pages_done, build.file.pages_total = done, total
        tell_updated(session, build.file, at=self.clock.now())

    def activate(self, session: Session, build: Build, *, chunks: int = 0) -> None:
        """The rows' half of a switch to a complete generation: from here on it is the one that is shown. `chunks` were
        its last ones."""
        file, generation, now = build.file, build.generation, self.clock.now()
        if file.active_generation not in {None, generation.number}:
            self._retire(session, file.id, int(file.active_generation or 0))
        generation.state, generation.activated_at = GenerationState.ACTIVE, now
        file.active_generation = generation.number
        file.status, file.updated_at = FileStatus.INDEXED, now
        tell_updated(session, file, at=now, chunks=chunks)
        if len(repository.generations(session, file.id)) > 1:
            self.queue.enqueue(
                session, sweep_job(tenant_id=file.tenant_id, dataset_id=file.dataset_id, file_id=file.id)
            )

    @staticmethod
    def _retire(session: Session, file_id: str, number: int) -> None:
        old = repository.generation(session, file_id, number)
        if old is not None:
            old.state = GenerationState.RETIRED

    def fail(self, session: Session, build: Build, *, code: str, message: str) -> None:
        """The newest build is an error that a person sees; an older generation goes on serving."""
        file, generation = build.file, build.generation
        if generation.state == GenerationState.BUILDING:
            generation.state = GenerationState.FAILED
        file.status, file.updated_at = FileStatus.ERROR, self.clock.now()
        file.error_code, file.error_message = code, message.replace("\x00", "\ufffd")
        tell_updated(session, file, at=file.updated_at)
        self.queue.enqueue(session, sweep_job(tenant_id=file.tenant_id, dataset_id=file.dataset_id, file_id=file.id))

    def gave_up(self, session: Session, claim: Claim, error: str) -> None:
        """Makes a job that is dead visible on its file."""
        build = self.find(session, claim)
        if build is not None:
            message = f"ingestion failed again and again ({error}); upload the file again, or re-ingest it"
            self.fail(session, build, code="INGESTION_FAILED", message=message)
