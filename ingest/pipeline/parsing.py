"""The first step of a build: from stored bytes to chunks in rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

import msgspec
import structlog
import zstandard
from sqlalchemy.orm import Session

from identity.quota_limits import QuotaExceeded, QuotaLimits
from identity.quotas import Quotas
from ingest.files import repository
from ingest.files.builds import BuildSettings
from ingest.files.jobs import PARSE, PARSE_QUEUE, embed_job, unpack_job
from ingest.files.ports import CommonLines
from ingest.files.types import FileStatus, GenerationState
from ingest.parsers.errors import FileHasNoText, ParseRefused
from ingest.parsers.options import OcrOptions, ParseOptions
from ingest.pipeline.bounds import ParseBounds
from ingest.pipeline.build import Build, BuildBook
from ingest.pipeline.written import Written, write_chunks
from ingest.sandbox.attachment_task import READERS
from ingest.sandbox.draft_task import Counting, Drafted, DraftRequest, draft_each, draft_file, draft_request
from ingest.sandbox.errors import SandboxTaskFailed, TaskCancelled, TaskHasBug
from ingest.sandbox.sandbox import Sandbox
from ingest.storage.protocol import FileStore, blocks_key, original_key
from kit.db.database import Database
from kit.errors import CairnError, Invalid, NotFound
from kit.jobs.errors import LeaseLost
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.together import complete_all, enqueue_all, hold_all
from kit.jobs.types import Claim, NewJob
from retrieval.embedding.models import ModelIsAway

SUSPECT = 2
"""Workers that died over a job before it is worked alone: the one that is at fault is then found out by itself."""

_RECORDED_TOGETHER = 32
"""Files whose rows are written in one transaction while the child reads on."""

_REFUSALS = (ParseRefused, SandboxTaskFailed, Invalid, NotFound)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a child needs, taken out of the rows so that no session is open while it works."""

    claim: Claim
    tenant_id: str
    sha256: str
    file_name: str
    settings: BuildSettings
    model: str
    common_lines: bytes

    @property
    def place(self) -> str:
        number = self.claim.number("generation")
        return blocks_key(tenant_id=self.tenant_id, file_id=self.claim.subject, generation=number)


@dataclass(frozen=True, slots=True)
class _Read:
    source: _Source
    drafted: Drafted


@dataclass(frozen=True, slots=True)
class ParseHandler:
    """`bounds` and `options` bound one file; its engine and how many pages are recognised come from the build's own
    settings, and how tokens are counted (`countings`) from the dataset's embedding
    model. `common_lines` None: no file shares any with another.

    The files of a lot share a child and transactions; whatever happens to one of them is its own affair.
    """

    database: Database
    jobs: JobQueue
    book: BuildBook
    store: FileStore
    sandbox: Sandbox
    countings: Mapping[str, Counting]
    options: ParseOptions
    bounds: ParseBounds
    quotas: Quotas | None = None
    common_lines: CommonLines | None = None

    kind = PARSE
    queue = PARSE_QUEUE
    batch = 64

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        suspect = max(claims, key=lambda claim: claim.interruptions)
        if suspect.interruptions >= SUSPECT:
            self._release([claim for claim in claims if claim is not suspect])
            claims = [suspect]
        sources = self._begin(claims)
        waiting: list[_Read] = []
        ended = 0
        try:
            for source, outcome in zip(sources, self._outcomes(sources, signals), strict=True):
                ended += 1
                if isinstance(outcome, Drafted):
                    waiting.append(_Read(source, outcome))
                elif isinstance(outcome, _REFUSALS):
                    self._refuse(source.claim, outcome)
                else:
                    raise outcome
                if len(waiting) >= _RECORDED_TOGETHER:
                    self._keep(waiting)
                    waiting = []
        except TaskCancelled:
            self._release([source.claim for source in sources[ended:]])
        self._keep(waiting)

    def gave_up(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            self.book.gave_up(session, claim, error)

    def _release(self, claims: Sequence[Claim]) -> None:
        with self.database.write() as session:
            for claim in hold_all(self.jobs, session, claims):
                self.jobs.release(session, claim)

    def _begin(self, claims: Sequence[Claim]) -> list[_Source]:
        """Of those that are still to be done; jobs that are of no more use are ended."""
        with self.database.write() as session:
            held = hold_all(self.jobs, session, claims)
            builds = self.book.find_all(session, held)
            wanted = {claim.id: claim for claim in held if _is_building(builds.get(claim.id))}
            complete_all(self.jobs, session, [claim for claim in held if claim.id not in wanted])
            ids = [claim.subject for claim in wanted.values()]
            common = {} if self.common_lines is None else self.common_lines.of(session, ids)
            return [self._source(session, claim, builds[claim.id], common) for claim in wanted.values()]

    def _source(self, session: Session, claim: Claim, build: Build, common: Mapping[str, bytes]) -> _Source:
        self.book.enter(session, build, FileStatus.PARSING)
        file, generation = build.file, build.generation
        generation.begun_at = generation.begun_at or self.book.clock.now()
        settings = BuildSettings.restored(generation.settings)
        lines = common.get(file.id, b"")
        return _Source(claim, file.tenant_id, generation.sha256, file.name, settings, build.shelf.model, lines)

    def _outcomes(self, sources: Sequence[_Source], signals: Signals) -> Iterator[Drafted | CairnError]:
        """One for each, in their order. Raises TaskCancelled where the rest is of no use or has to wait."""
        with ExitStack() as stack:
            requests = [self._request(source, stack) for source in sources]
            good = [request for request in requests if isinstance(request, DraftRequest)]
            drafts = self._drafts(sources, good, signals)
            for source, request in zip(sources, requests, strict=True):
                outcome = next(drafts) if isinstance(request, DraftRequest) else request
                if isinstance(outcome, Drafted) and not outcome.drafts:
                    name = source.file_name
                    outcome = FileHasNoText(f"{name!r} holds no letters or digits; there is nothing to search in it")
                yield outcome

    def _request(self, source: _Source, stack: ExitStack) -> DraftRequest | NotFound:
        counting = self.countings.get(source.model)
        if counting is None:
            raise ModelIsAway(source.model, list(self.countings))
        try:
            key = original_key(tenant_id=source.tenant_id, sha256=source.sha256)
            path = stack.enter_context(self.store.local(key))
        except NotFound as error:
            return error
        return draft_request(
            path,
            source.file_name,
            options=self._options(source),
            settings=source.settings.chunking,
            counting=counting,
            redaction=source.settings.redaction,
        )

    def _drafts(
        self, sources: Sequence[_Source], requests: Sequence[DraftRequest], signals: Signals
    ) -> Iterator[Drafted | CairnError]:
        def is_in_vain() -> bool:
            return signals.stopping() or all(signals.is_lost(source.claim) for source in sources)

        if len(sources) > 1:
            limits = self.bounds.shared([source.settings for source in sources])
            yield from draft_each(self.sandbox, requests, limits=limits, cancel=is_in_vain)
            return
        (source,) = sources
        limits, watch = self.bounds.of(source.settings), partial(self._follow, source.claim)
        for request in requests:
            try:
                yield draft_file(self.sandbox, request, limits=limits, cancel=is_in_vain, watch=watch)
            except _REFUSALS as error:
                yield error

    def _options(self, source: _Source) -> ParseOptions:
        pages = source.settings.ocr_max_pages
        ocr = OcrOptions(pages) if pages else None
        return replace(
            self.options,
            engine=source.settings.engine,
            common_lines=source.common_lines,
            only_main_content=source.settings.only_main_content,
            ocr=ocr,
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
        try:
            with self.database.write() as session:
                self.jobs.fail(session, claim, error.message)
                build = self.book.find(session, claim)
                if build is not None:
                    self.book.fail(session, build, code=error.code, message=error.message)
        except LeaseLost as lost:  # the others of the lot are still to be recorded
            _log.info("job.lost", reason=lost.message)

    def _keep(self, read: Sequence[_Read]) -> None:
        if not read:
            return
        try:
            self._store(read)
        except QuotaExceeded as error:
            if len(read) > 1:  # some of them may have room
                for one in read:
                    self._keep([one])
                return
            (only,) = read
            self._refuse(only.source.claim, error)
            self.store.delete(only.source.place)

    def _store(self, read: Sequence[_Read]) -> None:
        for one in read:
            self.store.put(one.source.place, _packed(one.drafted))
        kept: set[str] = set()
        try:
            with self.database.write() as session:
                limits = self._limits(session, read[0].source.tenant_id)
                held = hold_all(self.jobs, session, [one.source.claim for one in read], progressed=True)
                builds = self.book.find_all(session, held)
                written = [
                    Written(builds[one.source.claim.id], one.drafted, one.source.place)
                    for one in read
                    if one.source.claim.id in builds
                ]
                self._write(session, written, limits)
                complete_all(self.jobs, session, held)
            kept = set(builds)
        finally:
            self._clear([one.source for one in read if one.source.claim.id not in kept])
        for done in written:
            file, number = done.build.file, done.build.generation.number
            _log.info("file.parsed", file_id=file.id, generation=number, chunks=len(done.drafted.drafts))

    def _limits(self, session: Session, tenant_id: str) -> QuotaLimits | None:
        """Of the one tenant of a lot, whose chunks nobody else adds to from here on; None where nothing bounds them.
        Before the jobs are held: so does whoever ends them to begin a build anew, and each would wait for the other."""
        limits = None if self.quotas is None else self.quotas.limits(session, tenant_id)
        if limits is None or not limits.chunks:
            return None
        repository.hold_originals(session, tenant_id)
        return limits

    def _write(self, session: Session, written: Sequence[Written], limits: QuotaLimits | None) -> None:
        if limits is not None:
            _check_quota(session, written, limits)
        write_chunks(session, written)
        for one in written:
            self.book.enter(session, one.build, FileStatus.EMBEDDING)
        enqueue_all(self.jobs, session, [_embedding(one.build) for one in written])
        enqueue_all(self.jobs, session, [_unpacking(one.build) for one in written if _may_have_attachments(one)])

    def _clear(self, sources: Sequence[_Source]) -> None:
        """Takes the blocks back of builds that had ended meanwhile; who took one over needs them."""
        if not sources:
            return
        with self.database.read() as session:
            found = self.book.find_all(session, [source.claim for source in sources])
        for source in sources:
            if source.claim.id not in found:
                self.store.delete(source.place)


def _check_quota(session: Session, written: Sequence[Written], limits: QuotaLimits) -> None:
    """What a file has already makes room for what comes instead."""
    added = 0
    for one in written:
        added += len(one.drafted.drafts)
        used = repository.chunks_of(session, one.build.file.tenant_id, without=one.build.file.id)
        limits.check_chunks(used=used, added=added)


def _is_building(build: Build | None) -> bool:
    return build is not None and build.generation.state == GenerationState.BUILDING


def _embedding(build: Build) -> NewJob:
    file = build.file
    number = build.generation.number
    return embed_job(tenant_id=file.tenant_id, dataset_id=file.dataset_id, file_id=file.id, generation=number)


def _unpacking(build: Build) -> NewJob:
    file, number = build.file, build.generation.number
    return unpack_job(tenant_id=file.tenant_id, dataset_id=file.dataset_id, file_id=file.id, generation=number)


def _may_have_attachments(written: Written) -> bool:
    """A message without any may have had some before."""
    is_first = written.build.generation.number == 1
    return written.drafted.document.mime_type in READERS and (written.drafted.document.attachments > 0 or not is_first)


def _packed(drafted: Drafted) -> bytes:
    """The document as the parser gave it: chunks can be cut anew from it without the parser."""
    return zstandard.compress(msgspec.msgpack.encode(drafted.document))
