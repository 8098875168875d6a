"""How far the work on a dataset is, told from rows: the same answer in every process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.files.events import FILE_UPDATED
from ingest.files.models import File
from ingest.files.pace import estimated_seconds
from ingest.files.types import FileStatus
from kit.events.outbox import of_dataset_since

WINDOW = timedelta(seconds=60)
"""The rate is that of the last minute: long enough to be steady over files of different sizes."""

_CHUNKS_A_KILOBYTE = 0.6
"""Of files that are not parsed yet, where the dataset has none to tell it from: plain text in chunks of 512 tokens."""


class Stage(StrEnum):
    IDLE = "idle"
    PARSING = "parsing"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class FileCounts:
    """Living files by the state of their newest build."""

    pending: int = 0
    parsing: int = 0
    embedding: int = 0
    indexed: int = 0
    error: int = 0

    @property
    def total(self) -> int:
        return self.pending + self.parsing + self.embedding + self.indexed + self.error

    @property
    def on_their_way(self) -> int:
        return self.pending + self.parsing + self.embedding


@dataclass(frozen=True, slots=True)
class DatasetProgress:
    """`done` of `total` files have reached an end. `chunks_left` is estimated for files that are not parsed yet.

    `rate` is in chunks a second over the last minute; `eta_seconds` is None where nothing is left to do.
    """

    dataset_id: str
    stage: Stage
    done: int
    total: int
    files: FileCounts
    chunks_done: int
    chunks_left: int
    rate: float
    eta_seconds: float | None


def dataset_progress(session: Session, *, tenant_id: str, dataset_id: str, now: datetime) -> DatasetProgress:
    rows = _tallies(session, dataset_id)
    files = FileCounts(**{status.value: tally.files for status, tally in rows.items()})
    left = _chunks_left(rows)
    rate = _rate(session, dataset_id, now)
    return DatasetProgress(
        dataset_id=dataset_id,
        stage=_stage(files),
        done=files.total - files.on_their_way,
        total=files.total,
        files=files,
        chunks_done=sum(tally.chunks_done for tally in rows.values()),
        chunks_left=left,
        rate=round(rate, 2),
        eta_seconds=_eta(session, tenant_id, files, left, rate),
    )


@dataclass(frozen=True, slots=True)
class _Tally:
    files: int
    chunks_done: int
    chunks_total: int
    size_bytes: int


def _tallies(session: Session, dataset_id: str) -> dict[FileStatus, _Tally]:
    sums = [func.coalesce(func.sum(column), 0) for column in (File.chunks_done, File.chunks_total, File.size_bytes)]
    wanted = (
        select(File.status, func.count(), *sums)
        .where(File.dataset_id == dataset_id, File.deleted_at.is_(None))
        .group_by(File.status)
    )
    return {FileStatus(status): _Tally(*map(int, numbers)) for status, *numbers in session.execute(wanted)}


def _chunks_left(rows: dict[FileStatus, _Tally]) -> int:
    known = [rows[status] for status in (FileStatus.EMBEDDING, FileStatus.INDEXED) if status in rows]
    parsed_bytes, parsed_chunks = sum(t.size_bytes for t in known), sum(t.chunks_total for t in known)
    density = parsed_chunks / parsed_bytes if parsed_bytes and parsed_chunks else _CHUNKS_A_KILOBYTE / 1024
    unparsed = [rows[status] for status in (FileStatus.PENDING, FileStatus.PARSING) if status in rows]
    expected = sum(max(tally.files, round(tally.size_bytes * density)) for tally in unparsed)
    embedding = rows.get(FileStatus.EMBEDDING)
    return expected + (embedding.chunks_total - embedding.chunks_done if embedding else 0)


def _rate(session: Session, dataset_id: str, now: datetime) -> float:
    events = of_dataset_since(session, dataset_id, FILE_UPDATED, now - WINDOW)
    added = [(event.at, int(event.data.get("chunksAdded") or 0)) for event in events]
    counted = [(at, chunks) for at, chunks in added if chunks]
    if not counted:
        return 0.0
    # from the first event of any kind on: the first slice took its time, too
    seconds = (now - min(at for at, _ in added)).total_seconds()
    return sum(chunks for _, chunks in counted) / max(seconds, 1.0)


def _stage(files: FileCounts) -> Stage:
    if files.embedding:
        return Stage.EMBEDDING
    return Stage.PARSING if files.pending or files.parsing else Stage.IDLE


def _eta(session: Session, tenant_id: str, files: FileCounts, left: int, rate: float) -> float | None:
    """At the pace of the last minute; before there is one, at that of the tenant's last builds."""
    if not files.on_their_way:
        return None
    return round(left / rate if rate > 0 else estimated_seconds(session, tenant_id, chunks=left), 1)
