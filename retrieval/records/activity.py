"""What the records of searches say of datasets and of time: questions asked and answered, and how long it took."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from kit.clock import Clock
from retrieval.records.models import SearchRecord
from retrieval.records.ports import ReadableDatasets
from retrieval.records.types import GOOD_FROM, LatencySlot, QuestionCounts

MOST_READ = 20_000
"""The newest records that figures are made of."""

_AT_ONCE = 2000
_DAY = timedelta(days=1)


class _Row(NamedTuple):
    at: datetime
    dataset_ids: Sequence[str]
    results: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class SearchActivity:
    """Of the searches that the caller may see: those of its tenant whose datasets it may all see."""

    datasets: ReadableDatasets
    clock: Clock

    def questions(self, session: Session, principal: Principal, *, days: int) -> Mapping[str, QuestionCounts]:
        """By dataset, for those that the caller may see. A search counts for each dataset that it looked into, and as
        answered by each of which it showed a passage that scored `GOOD_FROM` or more."""
        now = self.clock.now()
        readable = frozenset(self.datasets.readable_names(session, principal))
        asked, answered = ({dataset: [0] * days for dataset in readable} for _ in range(2))
        wanted = select(SearchRecord.at, SearchRecord.dataset_ids, SearchRecord.results)
        for row in map(_Row._make, _newest(session, principal, wanted, since=now - days * _DAY)):
            if not readable.issuperset(row.dataset_ids):
                continue
            day = days - 1 - min(days - 1, max(0, int((now - row.at) / _DAY)))
            good = {result["dataset"] for result in row.results if result["score"] >= GOOD_FROM}
            for dataset in set(row.dataset_ids):
                asked[dataset][day] += 1
                answered[dataset][day] += dataset in good
        return {dataset: QuestionCounts(asked[dataset], answered[dataset]) for dataset in readable}

    def latency(self, session: Session, principal: Principal, *, hours: int, slots: int) -> Sequence[LatencySlot]:
        """The last hours in slots of equal length, oldest first; the newest ends now."""
        now = self.clock.now()
        since, length = now - timedelta(hours=hours), timedelta(hours=hours) / slots
        readable = frozenset(self.datasets.readable_names(session, principal))
        taken: list[list[float]] = [[] for _ in range(slots)]
        wanted = select(SearchRecord.at, SearchRecord.dataset_ids, SearchRecord.total_ms)
        for at, dataset_ids, milliseconds in _newest(session, principal, wanted, since=since):
            if readable.issuperset(dataset_ids):
                taken[min(slots - 1, max(0, int((at - since) / length)))].append(milliseconds)
        return [_slot(since + number * length, times) for number, times in enumerate(taken)]


def _newest(session: Session, principal: Principal, wanted: Any, *, since: datetime) -> Iterator[Any]:
    """Rows of the tenant's records, newest first, in whichever columns are wanted."""
    mine = wanted.where(SearchRecord.tenant_id == principal.tenant_id, SearchRecord.at >= since)
    yield from session.execute(
        mine.order_by(SearchRecord.id.desc()).limit(MOST_READ).execution_options(yield_per=_AT_ONCE)
    )


def _slot(since: datetime, times: Collection[float]) -> LatencySlot:
    ordered = sorted(times)
    if not ordered:
        return LatencySlot(since, 0, None, None, None)
    return LatencySlot(since, len(ordered), _quantile(ordered, 0.5), _quantile(ordered, 0.95), ordered[-1])


def _quantile(ordered: Sequence[float], share: float) -> float:
    """By nearest rank: a time that some search took."""
    return ordered[max(1, ceil(share * len(ordered))) - 1]
