"""The first step of a build: from stored bytes to chunks in rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
import structlog
import zstandard
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from identity.quota_limits import QuotaExceeded
from identity.quotas import Quotas
from ingest.documents import ChunkDraft
from ingest.files import repository
from ingest.files.builds import BuildSettings
from ingest.files.jobs import PARSE, PARSE_QUEUE, embed_job
from ingest.files.models import Chunk, File
from ingest.files.ports import CommonLines
from ingest.files.types import FileStatus, GenerationState
from ingest.parsers.errors import FileHasNoText, ParseRefused
from ingest.parsers.options import OcrOptions, ParseOptions
from ingest.pipeline.build import Build, BuildBook
from ingest.review.applying import apply_overlays
from ingest.sandbox.draft_task import Counting, Drafted, draft_file
from ingest.sandbox.errors import SandboxTaskFailed, TaskCancelled, TaskHasBug
from ingest.sandbox.limits import Limits
from ingest.sandbox.sandbox import Sandbox
from ingest.settings import OcrLimits
from ingest.storage.protocol import FileStore, blocks_key, original_key
from kit.db.database import Database
from kit.errors import CairnError, Invalid, NotFound
from kit.ids import chunk_id
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim, NewJob
from retrieval.embedding.models import ModelIsAway

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a child needs, taken out of the rows so that no session is open while it works."""

    tenant_id: str
    sha256: str
    file_name: str
    settings: BuildSettings
    model: str
    common_lines: bytes


@dataclass(frozen=True, slots=True)
class ParseHandler:
    """`limits`, `options` and, where text recognition is on, `ocr` bound one file; its engine and how many pages are
    recognised come from the build's own settings, and how tokens are counted (`countings`) from the dataset's embedding
    model. `common_lines` None: no file shares any with another."""

    database: Database
    jobs: JobQueue
    book: BuildBook
    store: FileStore
    sandbox: Sandbox
    countings: Mapping[str, Counting]
    options: ParseOptions
    limits: Limits
    ocr: OcrLimits
    quotas: Quotas | None = None
    common_lines: CommonLines | None = None

    kind = PARSE
    queue = PARSE_QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            source = self._begin(claim)
            if source is not None:
                self._parse(claim, source, signals)

    def gave_up(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            self.book.gave_up(session, claim, error)

    def _begin(self, claim: Claim) -> _Source | None:
        with self.database.write() as session:
            self.jobs.hold(session, claim)
            build = self.book.find(session, claim)
            if build is None or build.generation.state != GenerationState.BUILDING:
                self.jobs.complete(session, claim)
                return None
            self.book.enter(session, build, FileStatus.PARSING)
            generation = build.generation
            generation.begun_at = generation.begun_at or self.book.clock.now()
            settings = BuildSettings.restored(generation.settings)
            common = b"" if self.common_lines is None else self.common_lines.of(session, build.file.id)
            sha256, name, model = generation.sha256, build.file.name, build.shelf.model
            return _Source(build.file.tenant_id, sha256, name, settings, model, common)

    def _parse(self, claim: Claim, source: _Source, signals: Signals) -> None:
        try:
            drafted = self._draft(claim, source, signals)
        except TaskCancelled:
            with self.database.write() as session:
                self.jobs.release(session, claim)
        except (ParseRefused, SandboxTaskFailed, Invalid, NotFound) as error:
            self._refuse(claim, error)
        else:
            self._keep(claim, source, drafted)

    def _draft(self, claim: Claim, source: _Source, signals: Signals) -> Drafted:
        counting = self.countings.get(source.model)
        if counting is None:
            raise ModelIsAway(source.model, list(self.countings))
        with self.store.local(original_key(tenant_id=source.tenant_id, sha256=source.sha256)) as path:
            drafted = draft_file(
                self.sandbox,
                path,
                source.file_name,
                options=self._options(source),
                settings=source.settings.chunking,
                counting=counting,
                limits=self._limits(source.settings),
                redaction=source.settings.redaction,
                cancel=lambda: signals.stopping() or signals.is_lost(claim),
                watch=partial(self._follow, claim),
            )
        if not drafted.drafts:
            raise FileHasNoText(f"{source.file_name!r} holds no letters or digits; there is nothing to search in it")
        return drafted

    def _options(self, source: _Source) -> ParseOptions:
        pages = source.settings.ocr_max_pages
        ocr = OcrOptions(pages) if pages else None
        return replace(self.options, engine=source.settings.engine, common_lines=source.common_lines, ocr=ocr)

    def _limits(self, settings: BuildSettings) -> Limits:
        """Time is added page by page: a file that only pretends to be read has no more than any other."""
        if not settings.ocr_max_pages:
            return self.limits
        return replace(
            self.limits,
            memory_bytes=max(self.limits.memory_bytes, self.ocr.memory_bytes),
            steps=settings.ocr_max_pages + 1,  # one is told before the first page
            step_seconds=self.ocr.page_seconds,
        )

    def _follow(self, claim: Claim, done: int, total: int) -> None:
        with self.database.write() as session:
            self.jobs.hold(session, claim, progressed=True)
            build = self.book.find(session, claim)
            if build is not None:
                self.book.turn_pages(session, build, done=done, total=total)

    def _refuse(self, claim: Claim, error: CairnError) -> None:
        if isinstance(error, TaskHasBug):
            _log.error("file.parser_failed", file_id=claim.subject, trace=error.trace)
        _log.info("file.refused", file_id=claim.subject, code=error.code)
        with self.database.write() as session:
            self.jobs.fail(session, claim, error.message)
            build = self.book.find(session, claim)
            if build is not None:
                self.book.fail(session, build, code=error.code, message=error.message)

    def _keep(self, claim: Claim, source: _Source, drafted: Drafted) -> None:
        try:
            self._store(claim, source, drafted)
        except QuotaExceeded as error:
            self._refuse(claim, error)
            self.store.delete(_place(claim, source))

    def _store(self, claim: Claim, source: _Source, drafted: Drafted) -> None:
        number, place = claim.number("generation"), _place(claim, source)
        self.store.put(place, _packed(drafted))
        try:
            with self.database.write() as session:
                self.jobs.hold(session, claim, progressed=True)
                build = self.book.find(session, claim)
                if build is not None:
                    self._check_quota(session, build, len(drafted.drafts))
                    _write(session, build, drafted, place)
                    self.book.enter(session, build, FileStatus.EMBEDDING)
                    self.jobs.enqueue(session, _embedding(build))
                self.jobs.complete(session, claim)
        finally:
            self._clear(claim, place)
        _log.info("file.parsed", file_id=claim.subject, generation=number, chunks=len(drafted.drafts))

    def _check_quota(self, session: Session, build: Build, added: int) -> None:
        """What the file has already makes room for what comes instead."""
        if self.quotas is None:
            return
        tenant_id = build.file.tenant_id
        limits = self.quotas.limits(session, tenant_id)
        if limits.chunks:
            repository.hold_originals(session, tenant_id)
            limits.check_chunks(used=repository.chunks_of(session, tenant_id, without=build.file.id), added=added)

    def _clear(self, claim: Claim, place: str) -> None:
        """Takes the blocks back of a build that had ended meanwhile; who took it over needs them."""
        with self.database.read() as session:
            is_of_use = self.book.find(session, claim) is not None
        if not is_of_use:
            self.store.delete(place)


def _place(claim: Claim, source: _Source) -> str:
    return blocks_key(tenant_id=source.tenant_id, file_id=claim.subject, generation=claim.number("generation"))


def _embedding(build: Build) -> NewJob:
    file = build.file
    number = build.generation.number
    return embed_job(tenant_id=file.tenant_id, dataset_id=file.dataset_id, file_id=file.id, generation=number)


def _packed(drafted: Drafted) -> bytes:
    """The document as the parser gave it: chunks can be cut anew from it without the parser."""
    return zstandard.compress(msgspec.msgpack.encode(drafted.document))


def _write(session: Session, build: Build, drafted: Drafted, place: str) -> None:
    """Replaces whatever an interrupted step has left of the same generation."""
    file, generation, document = build.file, build.generation, drafted.document
    session.execute(delete(Chunk).where(Chunk.file_id == file.id, Chunk.generation == generation.number))
    rows = [_row(file, generation.number, draft) for draft in drafted.drafts]
    redaction = BuildSettings.restored(generation.settings).redaction
    added = apply_overlays(session, file, generation.number, rows, redaction)
    session.execute(insert(Chunk), rows)
    session.add_all(added)
    generation.engine_used = document.engine.value
    generation.title, generation.page_count, generation.blocks_key = document.title, document.page_count, place
    generation.warnings = [asdict(warning) for warning in document.warnings]
    generation.chunks_count = len(rows) + len(added)
    generation.reading = msgspec.to_builtins(drafted.reading)
    file.chunks_done, file.chunks_total = 0, len(rows) + len(added)
    file.mime_type = document.mime_type
    file.published_at = _moment(document.published_at)


def _row(file: File, number: int, draft: ChunkDraft) -> dict[str, Any]:
    return {
        "id": chunk_id(file_id=file.id, generation=number, position=draft.position),
        "tenant_id": file.tenant_id,
        "dataset_id": file.dataset_id,
        "file_id": file.id,
        "generation": number,
        "position": draft.position,
        "content": _storable(draft.content),
        "context": _storable(draft.context),
        "kind": draft.kind.value,
        "token_count": draft.token_count,
        "page": draft.page,
        "heading_path": [_storable(heading) for heading in draft.heading_path],
        "boxes": [asdict(box) for box in draft.boxes],
        "enabled": True,
        "overlay_id": None,
    }


def _storable(text: str) -> str:
    """PostgreSQL takes no NUL, and no database half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _moment(text: str | None) -> datetime | None:
    """A date that a document claims for itself; None for one that is none."""
    if not text:
        return None
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
