"""Starting a build: a new generation of a file beside the one that serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.documents import ChunkSettings, ParserEngine, ParseType
from ingest.files import repository
from ingest.files.events import tell_updated
from ingest.files.jobs import BUILDING, parse_job, sweep_job
from ingest.files.models import File, FileGeneration
from ingest.files.ports import HomeDataset
from ingest.files.types import FileSource, FileStatus, GenerationState, IngestOverrides
from ingest.redaction.types import NOTHING, Redaction
from ingest.settings import check_chunking
from kit.clock import Clock
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from kit.jobs.together import enqueue_all
from kit.jobs.types import UNFINISHED, NewJob


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What a generation is built with. Kept with it, so that a later change of the dataset does not reach into it."""

    chunking: ChunkSettings
    engine: ParserEngine
    redaction: Redaction = NOTHING
    ocr_max_pages: int | None = None
    only_main_content: bool = True

    def stored(self) -> dict[str, Any]:
        return {
            "chunk_size": self.chunking.size,
            "chunk_overlap": self.chunking.overlap,
            "parse_type": self.chunking.parse_type.value,
            "separators": list(self.chunking.separators),
            "parser_engine": self.engine.value,
            "redaction": self.redaction.stored(),
            "ocr_max_pages": self.ocr_max_pages,
            "only_main_content": self.only_main_content,
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> BuildSettings:
        separators: Sequence[str] = tuple(stored["separators"])
        chunking = ChunkSettings(
            ParseType(stored["parse_type"]), int(stored["chunk_size"]), int(stored["chunk_overlap"]), separators
        )
        redaction = Redaction.restored(stored.get("redaction"))  # builds of before have none, nor what follows
        engine, ocr_max_pages = ParserEngine(stored["parser_engine"]), stored.get("ocr_max_pages")
        return cls(chunking, engine, redaction, ocr_max_pages, stored.get("only_main_content", True))


_SMALL_PAGE = 256 * 1024  # bytes

CANCELLED = "CANCELLED"
_WAS_CANCELLED = "ingestion was cancelled; re-ingest the file to build it after all"


@dataclass(frozen=True, slots=True)
class Builds:
    """All methods take the caller's session and leave committing to it."""

    queue: JobQueue
    clock: Clock

    def begin(self, session: Session, file: File, dataset: HomeDataset, *, anew: bool = False) -> str:
        """The id of the job that builds the file from its present bytes with the settings of now. The caller holds the
        tenant's originals since before it read the file: two builds that begin at once would be of one number.

        A build of just that which is under way already is left alone, unless `anew`; one of anything else is given up.
        What is searched stays as it is until the new generation is complete.
        """
        settings = settings_of(file, dataset)
        running = None if anew else self._running(session, file, settings)
        if running is not None:
            return running
        self._give_up(session, file)
        job = self._start(session, file, file.latest_generation + 1, settings)
        session.flush()
        return self.queue.enqueue(session, job)

    def begin_first(self, session: Session, files: Sequence[File], dataset: HomeDataset) -> list[str]:
        """As `begin`, for files that are new in this transaction."""
        jobs = [self._start(session, file, 1, settings_of(file, dataset)) for file in files]
        session.flush()
        return enqueue_all(self.queue, session, jobs)

    def call_off(self, session: Session, file: File) -> None:
        """End the build that is under way, if there is one. What served before goes on serving."""
        self.queue.cancel(session, subject=file.id, kinds=BUILDING)
        latest = repository.generation(session, file.id, file.latest_generation)
        if latest is None or latest.state != GenerationState.BUILDING:
            return
        latest.state = GenerationState.FAILED
        file.updated_at = self.clock.now()
        active = (
            None if file.active_generation is None else repository.generation(session, file.id, file.active_generation)
        )
        if active is None:
            file.status, file.error_code, file.error_message = FileStatus.ERROR, CANCELLED, _WAS_CANCELLED
        else:
            file.status = FileStatus.INDEXED
            file.chunks_done = file.chunks_total = active.chunks_count
        tell_updated(session, file, at=file.updated_at)
        self.queue.enqueue(session, sweep_job(tenant_id=file.tenant_id, dataset_id=file.dataset_id, file_id=file.id))

    def begin_failed(self, session: Session, dataset: HomeDataset) -> int:
        """Build anew every file of the dataset that is in error. Returns how many that are."""
        repository.hold_originals(session, dataset.tenant_id)
        failed = repository.in_error(session, dataset.id)
        for file in failed:
            self.begin(session, file, dataset)
        return len(failed)

    def _running(self, session: Session, file: File, settings: BuildSettings) -> str | None:
        latest = repository.generation(session, file.id, file.latest_generation)
        if latest is None or latest.state != GenerationState.BUILDING:
            return None
        if latest.sha256 != file.sha256 or BuildSettings.restored(latest.settings) != settings:
            return None
        return session.scalar(
            select(Job.id)
            .where(Job.subject == file.id, Job.kind.in_(BUILDING), Job.state.in_(UNFINISHED))
            .order_by(Job.id.desc())
            .limit(1)
        )

    def _give_up(self, session: Session, file: File) -> None:
        self.queue.cancel(session, subject=file.id, kinds=BUILDING)
        for generation in repository.generations(session, file.id):
            if generation.state == GenerationState.BUILDING:
                generation.state = GenerationState.RETIRED
                self.queue.enqueue(
                    session, sweep_job(tenant_id=file.tenant_id, dataset_id=file.dataset_id, file_id=file.id)
                )

    def _start(self, session: Session, file: File, number: int, settings: BuildSettings) -> NewJob:
        """The generation, and the job that is to build it."""
        now = self.clock.now()
        session.add(
            FileGeneration(
                file_id=file.id,
                number=number,
                tenant_id=file.tenant_id,
                state=GenerationState.BUILDING,
                sha256=file.sha256,
                settings=settings.stored(),
                warnings=[],
                created_at=now,
            )
        )
        file.latest_generation = number
        file.status = FileStatus.PENDING
        file.chunks_done = file.chunks_total = file.pages_done = file.pages_total = 0
        file.error_code = file.error_message = None
        file.updated_at = now
        tell_updated(session, file, at=now)
        place = {"tenant_id": file.tenant_id, "dataset_id": file.dataset_id, "file_id": file.id}
        return parse_job(**place, generation=number, lot=_lot_of(file))


def _lot_of(file: File) -> str | None:
    """Pages of one site may be read by one process, one after the other: who made one of them made the others. Any
    other file has a process to itself, and so has a page that takes long."""
    is_small_page = file.mime_type == "text/html" and file.size_bytes <= _SMALL_PAGE
    if file.source != FileSource.WEBSITE_CRAWL or not file.url or not is_small_page:
        return None
    return f"{file.dataset_id}:{urlsplit(file.url).netloc}"[:200]


def settings_of(file: File, dataset: HomeDataset) -> BuildSettings:
    """The file's own settings over its dataset's. An overlap that a smaller size leaves no room for is cut."""
    size = file.chunk_size or dataset.chunk_size
    overlap = dataset.chunk_overlap if file.chunk_overlap is None else file.chunk_overlap
    chunking = ChunkSettings(
        ParseType(file.parse_type or dataset.parse_type), size, min(overlap, size - 1), tuple(dataset.separators)
    )
    engine = ParserEngine(file.parser_engine or dataset.parser_engine)
    only_main = dataset.only_main_content if file.only_main_content is None else file.only_main_content
    return BuildSettings(chunking, engine, dataset.redaction, dataset.ocr_max_pages, only_main)


def check_overrides(overrides: IngestOverrides, dataset: HomeDataset) -> None:
    """Invalid when the overrides, completed by the dataset's settings, are outside the limits."""
    size = overrides.chunk_size or dataset.chunk_size
    overlap = dataset.chunk_overlap if overrides.chunk_overlap is None else overrides.chunk_overlap
    check_chunking(size=size, overlap=overlap)


def apply_overrides(file: File, overrides: IngestOverrides) -> None:
    file.chunk_size, file.chunk_overlap = overrides.chunk_size, overrides.chunk_overlap
    file.parse_type = None if overrides.parse_type is None else overrides.parse_type.value
    file.parser_engine = None if overrides.parser_engine is None else overrides.parser_engine.value
    file.only_main_content = overrides.only_main_content


def overrides_of(file: File) -> IngestOverrides:
    return IngestOverrides(
        file.chunk_size,
        file.chunk_overlap,
        None if file.parse_type is None else ParseType(file.parse_type),
        None if file.parser_engine is None else ParserEngine(file.parser_engine),
        file.only_main_content,
    )
