"""Uploads: bytes are received and looked at first, then all of a batch is registered in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from identity.quota_limits import QuotaLimits
from identity.quotas import Quotas
from identity.types import Principal
from ingest.files import repository
from ingest.files.builds import Builds, apply_overrides, check_overrides, overrides_of
from ingest.files.errors import TooMuchWaiting
from ingest.files.jobs import BUILDING, EMBED_QUEUE, PARSE_QUEUE
from ingest.files.models import File
from ingest.files.names import clean_name
from ingest.files.ports import DatasetGate, HomeDataset
from ingest.files.types import (
    FileStatus,
    IncomingFile,
    IngestOverrides,
    RejectedFile,
    UploadedFile,
    UploadOutcome,
    UploadReceipt,
)
from ingest.files.views import shown_status
from ingest.settings import UploadLimits
from ingest.storage.protocol import FileStore, StagedBlob, original_key
from kit.clock import Clock
from kit.errors import Invalid, TooLarge
from kit.ids import new_id
from kit.jobs.queue import JobQueue


class Sniffer(Protocol):
    def __call__(self, path: Path, file_name: str) -> str:
        """The MIME type of a kind that can be read; Invalid, with the reason and the remedy, for any other."""


_AT_ONCE = 8
"""Files that are received side by side."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    name: str
    mime_type: str
    blob: StagedBlob
    incoming: IncomingFile


@dataclass(frozen=True, slots=True)
class Staged:
    """Files received in full, and those that are not taken."""

    files: list[StagedFile] = field(default_factory=list)
    rejected: list[RejectedFile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class QuotaRoom:
    """`used` are the tenant's bytes in its other datasets: what an upload cannot take the place of."""

    limits: QuotaLimits
    used: int

    def check(self, size: int) -> None:
        """QuotaExceeded where files of so many bytes in all are more than there can be room for."""
        self.limits.check_storage(used=self.used, added=size)


@dataclass(slots=True)
class _Batch:
    """Files that are registered together: the living ones by name, those among them whose builds have not begun yet,
    and what happened to each."""

    named: dict[str, File]
    fresh: list[File] = field(default_factory=list)
    jobs: dict[str, str] = field(default_factory=dict)
    _told: list[tuple[File, str, UploadOutcome, str | None]] = field(default_factory=list)

    def tell(self, file: File, staged: StagedFile, outcome: UploadOutcome, job_id: str | None = None) -> None:
        self._told.append((file, staged.name, outcome, job_id))

    @property
    def uploaded(self) -> list[UploadedFile]:
        return [
            UploadedFile(file.id, name, shown_status(file), outcome, self._job(file, outcome, job_id))
            for file, name, outcome, job_id in self._told
        ]

    def _job(self, file: File, outcome: UploadOutcome, job_id: str | None) -> str | None:
        return self.jobs.get(file.id) if outcome is UploadOutcome.CREATED else job_id


@dataclass(frozen=True, slots=True)
class Uploads:
    store: FileStore
    gate: DatasetGate
    queue: JobQueue
    builds: Builds
    clock: Clock
    limits: UploadLimits
    sniff: Sniffer
    quotas: Quotas | None = None

    def check_room(self, session: Session) -> None:
        """Raises TooMuchWaiting. Asked before the bytes come in, so that a server that is behind reads none of them;
        `register` asks again."""
        waiting = sum(self.queue.waiting(session, queue=queue) for queue in (PARSE_QUEUE, EMBED_QUEUE))
        if waiting >= self.limits.waiting:
            raise TooMuchWaiting(waiting=waiting, limit=self.limits.waiting)

    def check_quotas(self, session: Session, principal: Principal, dataset_id: str, *, least: int) -> QuotaRoom | None:
        """What may come in; None where nothing bounds it. Asked before the bytes come in, as `check_room`, and
        `register` asks again. Raises NotFound, or QuotaExceeded where an upload of `least` bytes would be refused in
        any case, even if it took the place of all that the dataset has."""
        dataset = self.gate.readable(session, principal, dataset_id)
        limits = None if self.quotas is None else self.quotas.limits(session, dataset.tenant_id)
        if limits is None:
            return None
        if limits.chunks:
            limits.check_chunks(used=repository.chunks_of(session, dataset.tenant_id), added=1)
        if not limits.storage:
            return None
        used = repository.bytes_of(session, dataset.tenant_id)
        room = QuotaRoom(limits, used - repository.bytes_of(session, dataset.tenant_id, dataset_id=dataset.id))
        room.check(least)
        return room

    @contextmanager
    def stage(self, incoming: Sequence[IncomingFile]) -> Iterator[Staged]:
        """Takes the bytes in before any transaction is open. What is not registered inside the block is discarded."""
        staged = Staged()
        try:
            self._receive(incoming, staged)
            yield staged
        finally:
            for received in staged.files:
                self.store.discard(received.blob)

    def _receive(self, incoming: Sequence[IncomingFile], staged: Staged) -> None:
        """Several at once: each waits for the disk, which writes many in hardly more time than one. In their order."""
        with ThreadPoolExecutor(max(1, min(_AT_ONCE, len(incoming)))) as pool:
            receiving = [pool.submit(self._received, file) for file in incoming]
        for one in receiving:
            if one.exception() is None:
                outcome = one.result()
                if isinstance(outcome, StagedFile):
                    staged.files.append(outcome)
                else:
                    staged.rejected.append(outcome)
        for one in receiving:
            one.result()  # what went wrong with any of them, once the others can be discarded

    def _received(self, file: IncomingFile) -> StagedFile | RejectedFile:
        try:
            name = clean_name(file.file_name)
            blob = self.store.stage(file.stream, limit=self.limits.file_bytes)
        except (Invalid, TooLarge) as error:
            return RejectedFile(file.file_name, error.code, error.message)
        try:
            mime_type = self.sniff(blob.place, name)
        except Invalid as error:
            self.store.discard(blob)
            return RejectedFile(name, error.code, error.message)
        except BaseException:
            self.store.discard(blob)
            raise
        return StagedFile(name, mime_type, blob, file)

    def register(
        self, session: Session, principal: Principal, dataset_id: str, staged: Staged, overrides: IngestOverrides
    ) -> UploadReceipt:
        """Files become rows with a job each. Raises NotFound, Invalid for the overrides, TooMuchWaiting, or
        QuotaExceeded."""
        dataset = self.gate.readable(session, principal, dataset_id)
        check_overrides(overrides, dataset)
        self.check_room(session)
        repository.hold_originals(session, dataset.tenant_id)
        batch = _Batch(repository.living_by_name(session, dataset.id, {file.name for file in staged.files}))
        self.queue.hold_about(session, [file.id for file in batch.named.values()], kinds=BUILDING)
        self._check_quotas(session, dataset, staged, batch.named)
        for file in staged.files:
            self._register(session, dataset, file, overrides, batch)
        self._begin_fresh(session, dataset, batch)
        return UploadReceipt(batch.uploaded, tuple(staged.rejected))

    def _check_quotas(self, session: Session, dataset: HomeDataset, staged: Staged, named: Mapping[str, File]) -> None:
        """While the tenant's row is held, so that nobody else adds to what is counted. A file that takes another's
        place counts by what it has more."""
        if self.quotas is None:
            return
        former = sum(named[file.name].size_bytes for file in staged.files if file.name in named)
        added = sum(file.blob.size for file in staged.files) - former
        limits = self.quotas.limits(session, dataset.tenant_id)
        if limits.storage and added > 0:
            limits.check_storage(used=repository.bytes_of(session, dataset.tenant_id), added=added)
        if limits.chunks and staged.files:
            limits.check_chunks(used=repository.chunks_of(session, dataset.tenant_id), added=1)

    def _register(
        self, session: Session, dataset: HomeDataset, staged: StagedFile, overrides: IngestOverrides, batch: _Batch
    ) -> None:
        named = batch.named.get(staged.name)
        same = named
        if named is None and not staged.incoming.separate:
            same = repository.living_by_hash(session, dataset.id, staged.blob.sha256)
        self.store.keep(staged.blob, original_key(tenant_id=dataset.tenant_id, sha256=staged.blob.sha256))
        if same is not None and _is_identical(same, staged, overrides):
            batch.tell(same, staged, UploadOutcome.IDENTICAL)
        elif named is None:
            file = self._new_file(session, dataset, staged)
            self._fill(file, staged, overrides)
            batch.tell(file, staged, UploadOutcome.CREATED)
            batch.named[staged.name] = file
            batch.fresh.append(file)
        else:
            self._begin_fresh(session, dataset, batch)  # it may be one of them
            goes_on = _has_same_facts(named, staged)
            self._fill(named, staged, overrides)
            job_id = self.builds.begin(session, named, dataset, anew=not goes_on)
            batch.tell(named, staged, UploadOutcome.REPLACED, job_id)

    def _begin_fresh(self, session: Session, dataset: HomeDataset, batch: _Batch) -> None:
        """Starts the builds of the new files so far."""
        jobs = self.builds.begin_first(session, batch.fresh, dataset)
        batch.jobs |= {file.id: job_id for file, job_id in zip(batch.fresh, jobs, strict=True)}
        batch.fresh.clear()

    def _new_file(self, session: Session, dataset: HomeDataset, staged: StagedFile) -> File:
        now = self.clock.now()
        file = File(
            id=new_id(),
            tenant_id=dataset.tenant_id,
            dataset_id=dataset.id,
            name=staged.name,
            enabled=True,
            status=FileStatus.PENDING,
            latest_generation=0,  # the build that follows is the first
            created_at=now,
            updated_at=now,
        )
        session.add(file)
        return file

    @staticmethod
    def _fill(file: File, staged: StagedFile, overrides: IngestOverrides) -> None:
        file.mime_type = staged.mime_type
        file.size_bytes, file.sha256 = staged.blob.size, staged.blob.sha256
        file.source, file.url = staged.incoming.source, staged.incoming.url
        file.labels = dict(staged.incoming.labels)
        apply_overrides(file, overrides)


def _is_identical(file: File, staged: StagedFile, overrides: IngestOverrides) -> bool:
    """Whether nothing would come of building the file again. A failed build is worth another try, and so is the same
    file with other labels or settings."""
    if file.sha256 != staged.blob.sha256 or file.status == FileStatus.ERROR:
        return False
    if file.name != staged.name:
        return True  # the bytes are there under another name
    return _has_same_facts(file, staged) and overrides == overrides_of(file)


def _has_same_facts(file: File, staged: StagedFile) -> bool:
    """Whether searches filter the file by the same as they would what was sent."""
    return file.labels == dict(staged.incoming.labels) and file.source == staged.incoming.source
