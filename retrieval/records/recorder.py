"""Every search becomes a record, without the search waiting for the disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from identity.types import Principal
from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from retrieval.conditions import said as in_words
from retrieval.records.models import SearchMark, SearchRecord
from retrieval.search.types import SearchRequest, SearchResult
from retrieval.types import Without

_log = structlog.get_logger(__name__)

_WAITING = 10_000  # records: some 10 MB
_AT_ONCE = 500
_GATHER_SECONDS = 0.2
_SWEEP_SECONDS = 3600.0
_LONGEST_QUERY = 8000


@dataclass(frozen=True, slots=True)
class _Done:
    principal: Principal
    request: SearchRequest
    result: SearchResult
    id: str
    at: datetime


class SearchRecorder:
    """A thread writes what was searched, many records in one transaction; a search hands its own over and goes on.

    At most the last fifth of a second is lost when the process is killed, and what comes in faster than the database
    can take it: that is counted and logged. `days` is how long records are kept; 0 keeps none.
    """

    def __init__(self, database: Database, *, clock: Clock, days: int) -> None:
        self._database = database
        self._clock = clock
        self._days = days
        self._queue: queue.Queue[_Done | threading.Event] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._lost = 0

    def record(self, principal: Principal, request: SearchRequest, result: SearchResult) -> str | None:
        """The id that the record will have; None where none is kept."""
        if not self._days:
            return None
        done = _Done(principal, request, result, result.id, self._clock.now())
        if self._thread is None:
            self._start()
        try:
            self._queue.put_nowait(done)
        except queue.Full:
            self._lost += 1
            return None
        return done.id

    def report_gap(
        self, session: Session, principal: Principal, *, question: str, dataset_ids: Sequence[str], missing: str
    ) -> None:
        """A question that a reader found no answer to, beside those whose searches say so, in the caller's session."""
        if not self._days:
            return
        session.add(
            SearchRecord(
                **_asked_by(principal, self._clock.now()),
                id=new_id(),
                query=question[:_LONGEST_QUERY],
                dataset_ids=list(dataset_ids),
                request={"reportedAsMissing": missing},
                results=[],
                found=0,
                top_score=0.0,
                total_ms=0.0,
                embed_ms=0.0,
                engine_ms=0.0,
                rerank_ms=0.0,
            )
        )

    def flush(self, *, seconds: float = 10.0) -> None:
        """Until everything handed over so far is written."""
        if self._thread is not None:
            written = threading.Event()
            self._queue.put(written, timeout=seconds)
            written.wait(seconds)

    def close(self) -> None:
        self.flush()
        self._stopping.set()

    def sweep(self) -> int:
        """Removes what has been kept long enough."""
        oldest = self._clock.now() - timedelta(days=self._days)
        with self._database.write() as session:
            old = select(SearchRecord.id).where(SearchRecord.at < oldest)
            session.execute(delete(SearchMark).where(SearchMark.record_id.in_(old)))
            removed = session.execute(delete(SearchRecord).where(SearchRecord.at < oldest))
            return int(removed.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="search-records", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        swept = -_SWEEP_SECONDS
        while not self._stopping.is_set():
            batch = self._gathered()
            try:
                if batch.records:
                    self._write(batch.records)
                if monotonic() - swept > _SWEEP_SECONDS:
                    self.sweep()
                    swept = monotonic()
            except SQLAlchemyError as error:
                self._lost += len(batch.records)
                _log.warning("search.records.not_written", records=len(batch.records), error=type(error).__name__)
            for waiting in batch.waiting:
                waiting.set()
            if self._lost:
                _log.warning("search.records.lost", records=self._lost)
                self._lost = 0

    def _gathered(self) -> _Batch:
        """Waits for the first, then a moment for more."""
        batch = _Batch([], [])
        deadline: float | None = None
        while len(batch.records) < _AT_ONCE and not batch.waiting:
            left = _GATHER_SECONDS if deadline is None else deadline - monotonic()
            try:
                item = self._queue.get(timeout=max(left, 0.0))
            except queue.Empty:
                return batch
            if isinstance(item, threading.Event):
                batch.waiting.append(item)
            else:
                batch.records.append(item)
                deadline = deadline or monotonic() + _GATHER_SECONDS
        return batch

    def _write(self, records: list[_Done]) -> None:
        with self._database.write() as session:
            session.execute(insert(SearchRecord), [_row(done) for done in records])


@dataclass(frozen=True, slots=True)
class _Batch:
    records: list[_Done]
    waiting: list[threading.Event]


def _row(done: _Done) -> dict[str, Any]:
    principal, request, result = done.principal, done.request, done.result
    hits = result.hits
    return {
        "id": done.id,
        **_asked_by(principal, done.at),
        "query": request.query[:_LONGEST_QUERY],
        "dataset_ids": list(request.dataset_ids),
        "request": dict(_options(request)),
        "results": [
            {
                "chunk": hit.passage.chunk_id,
                "file": hit.passage.file_id,
                "name": hit.passage.file_name,
                "dataset": hit.passage.dataset_id,
                "score": round(hit.score, 6),
            }
            for hit in hits
        ],
        "found": len(hits),
        "top_score": max((hit.score for hit in hits), default=0.0),
        "total_ms": round(result.total_ms, 3),
        "embed_ms": round(result.embed_ms, 3),
        "engine_ms": round(result.engine_ms, 3),
        "rerank_ms": round(result.rerank_ms, 3),
    }


def _asked_by(principal: Principal, at: datetime) -> dict[str, Any]:
    return {
        "tenant_id": principal.tenant_id,
        "key_id": principal.key_id,
        "key_name": principal.name,
        "user_id": principal.user_id,
        "agent_role": principal.agent_role,
        "at": at,
    }


def _options(request: SearchRequest) -> Mapping[str, object]:
    """As the API spells them; what was not sent is left out."""
    where = request.where
    published = where.published
    options: dict[str, object] = {"topK": request.top_k, "minScore": request.min_score, "rerank": request.rerank}
    given = {
        "hybridAlpha": request.alpha,
        "fusion": request.fusion,
        "diversity": request.diversity or None,
        "mergeNeighbours": request.merge_neighbours or None,
        "fileIds": None if where.file_ids is None else list(where.file_ids),
        "sources": None if where.sources is None else list(where.sources),
        "metadata": {key: list(values) for key, values in where.labels.items()} or None,
        "exclude": _excluded(where.without) or None,
        "where": None if where.condition is None else in_words(where.condition),
        "publishedAfter": published.since.isoformat() if published and published.since else None,
        "publishedBefore": published.until.isoformat() if published and published.until else None,
    }
    return options | {name: value for name, value in given.items() if value is not None}


def _excluded(without: Without) -> dict[str, object]:
    labels = {key: list(values) for key, values in without.labels.items()}
    given = {"fileIds": list(without.file_ids), "sources": list(without.sources), "metadata": labels}
    return {name: value for name, value in given.items() if value}
