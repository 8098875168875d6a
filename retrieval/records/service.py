"""Searches that were made: browse, mark, export; and the questions that found no good answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from identity.audit.acts import note_read
from identity.types import Principal, Scope
from kit.clock import Clock
from kit.errors import Invalid, NotFound
from kit.pagination import Page, PageRequest, encode_cursor
from retrieval.keywords.analysis import folded
from retrieval.records.models import SearchMark, SearchRecord
from retrieval.records.ports import LivingFiles
from retrieval.records.types import Gap, Mark, RecordedResult, RecordView

_READ_AT_ONCE = 500
_MOST_READ = 20_000  # records that gaps are looked for in
_BAD = frozenset({Mark.NOT})
_GOOD = frozenset({Mark.RELEVANT, Mark.PARTLY})


@dataclass(frozen=True, slots=True)
class SearchRecords:
    """A caller sees the records of its tenant whose datasets it may all see, whoever searched; results of files that
    were deleted since are left out of them. Who searched is told to who manages the tenant, and to oneself. All
    methods take the caller's session."""

    datasets: LivingFiles
    clock: Clock

    def page(
        self, session: Session, principal: Principal, page: PageRequest, *, dataset_id: str | None = None
    ) -> Page[RecordView]:
        """Newest first."""
        rows: list[SearchRecord] = []
        for row in self._rows(session, principal, before=page.after):
            if dataset_id is None or dataset_id in row.dataset_ids:
                rows.append(row)
            if len(rows) > page.limit:
                break
        shown = rows[: page.limit]
        note_read("search_record", records=[row.id for row in shown])
        cursor = encode_cursor(shown[-1].id) if len(rows) > page.limit else None
        return Page(list(self._views(session, principal, shown)), cursor)

    def get(self, session: Session, principal: Principal, record_id: str) -> RecordView:
        (view,) = self._views(session, principal, [self._row(session, principal, record_id)])
        return view

    def mark(self, session: Session, principal: Principal, record_id: str, *, chunk_id: str, mark: Mark) -> RecordView:
        """Invalid for a passage that the search did not show."""
        row = self._row(session, principal, record_id)
        if chunk_id not in {result["chunk"] for result in row.results}:
            raise Invalid(f"search {record_id} did not show the passage that chunkId names; mark one of its results")
        now = self.clock.now()
        session.merge(SearchMark(record_id=record_id, chunk_id=chunk_id, mark=mark, key_id=principal.key_id, at=now))
        session.flush()
        return self.get(session, principal, record_id)

    def every(self, session: Session, principal: Principal) -> Iterator[RecordView]:
        """Newest first, for an export."""
        note_read("search_record", export=True)
        part: list[SearchRecord] = []
        for row in self._rows(session, principal, before=None):
            part.append(row)
            if len(part) == _READ_AT_ONCE:
                yield from self._views(session, principal, part)
                part = []
        yield from self._views(session, principal, part)

    def gaps(self, session: Session, principal: Principal, *, below: float, days: int, limit: int) -> Sequence[Gap]:
        """Questions whose best result scored less than `below`, or none of whose results was any good to those who
        marked them, most asked first. A question that got a good answer since is no gap any more."""
        since = self.clock.now() - timedelta(days=days)
        asked: defaultdict[str, list[SearchRecord]] = defaultdict(list)
        for number, row in enumerate(self._rows(session, principal, before=None)):
            if row.at < since or number >= _MOST_READ:
                break
            asked[" ".join(folded(row.query).split())].append(row)
        newest = [rows[0] for rows in asked.values()]
        marks = _marks(session, newest)
        gaps = [
            Gap(
                query=rows[0].query,
                times=len(rows),
                best_score=rows[0].top_score,
                last_asked=rows[0].at,
                record_id=rows[0].id,
                dataset_ids=rows[0].dataset_ids,
            )
            for rows in asked.values()
            if _is_gap(rows[0], marks.get(rows[0].id, {}), below)
        ]
        shown = sorted(gaps, key=lambda gap: (-gap.times, gap.best_score, gap.query))[:limit]
        note_read("search_record", records=[gap.record_id for gap in shown], gaps=True)
        return shown

    def _views(self, session: Session, principal: Principal, rows: Sequence[SearchRecord]) -> Iterator[RecordView]:
        marks = _marks(session, rows)
        living = self.datasets.living_files(session, {result["file"] for row in rows for result in row.results})
        for row in rows:
            view = _view(row, marks.get(row.id, {}), living)
            knows = _knows_who(principal, row)
            yield view if knows else replace(view, key_name=None, user_id=None, agent_role=None)

    def _row(self, session: Session, principal: Principal, record_id: str) -> SearchRecord:
        wanted = select(SearchRecord).where(SearchRecord.id == record_id, SearchRecord.tenant_id == principal.tenant_id)
        row = session.scalar(wanted)
        if row is None:
            raise NotFound(f"there is no search record {record_id}")
        if not set(row.dataset_ids) <= set(self.datasets.readable_names(session, principal)):
            raise NotFound(f"there is no search record {record_id}")
        return row

    def _rows(self, session: Session, principal: Principal, *, before: str | None) -> Iterator[SearchRecord]:
        readable = set(self.datasets.readable_names(session, principal))
        while True:
            found = list(session.scalars(_slice(principal, before)))
            yield from (row for row in found if set(row.dataset_ids) <= readable)
            if len(found) < _READ_AT_ONCE:
                return
            before = found[-1].id


def _knows_who(principal: Principal, row: SearchRecord) -> bool:
    if row.key_id == principal.key_id:
        return True
    is_own = principal.user_id is not None and row.user_id == principal.user_id
    return not principal.is_narrowed and (is_own or principal.may(Scope.MANAGE))


def _slice(principal: Principal, before: str | None) -> Select[SearchRecord]:
    wanted = select(SearchRecord).where(SearchRecord.tenant_id == principal.tenant_id)
    if before is not None:
        wanted = wanted.where(SearchRecord.id < before)
    return wanted.order_by(SearchRecord.id.desc()).limit(_READ_AT_ONCE)


def _is_gap(row: SearchRecord, marks: Mapping[str, Mark], below: float) -> bool:
    said = set(marks.values())
    if said & _GOOD:
        return False
    return row.top_score < below or bool(said & _BAD)


def _marks(session: Session, rows: Sequence[SearchRecord]) -> dict[str, dict[str, Mark]]:
    """By record and chunk."""
    found: defaultdict[str, dict[str, Mark]] = defaultdict(dict)
    ids = [row.id for row in rows]
    for start in range(0, len(ids), _READ_AT_ONCE):
        wanted = select(SearchMark).where(SearchMark.record_id.in_(ids[start : start + _READ_AT_ONCE]))
        for mark in session.scalars(wanted):
            found[mark.record_id][mark.chunk_id] = Mark(mark.mark)
    return found


def _view(row: SearchRecord, marks: Mapping[str, Mark], living: Collection[str]) -> RecordView:
    return RecordView(
        id=row.id,
        at=row.at,
        query=row.query,
        dataset_ids=row.dataset_ids,
        key_name=row.key_name,
        user_id=row.user_id,
        agent_role=row.agent_role,
        request=row.request,
        results=[
            RecordedResult(
                chunk_id=result["chunk"],
                file_id=result["file"],
                file_name=result["name"],
                dataset_id=result["dataset"],
                score=result["score"],
                mark=marks.get(result["chunk"]),
            )
            for result in row.results
            if result["file"] in living
        ],
        top_score=row.top_score,
        total_ms=row.total_ms,
        embed_ms=row.embed_ms,
        engine_ms=row.engine_ms,
        rerank_ms=row.rerank_ms,
    )
