"""All datasets at a glance: what each holds, how fresh it is, and whether it answers what it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from crawler.crawls.repository import last_completed
from identity.types import Principal
from ingest.datasets.holdings import Holdings, holdings
from ingest.datasets.service import Datasets
from retrieval.records.activity import SearchActivity
from retrieval.records.types import QuestionCounts


@dataclass(frozen=True, slots=True)
class DatasetOverview:
    """`crawled_at` is None for a dataset whose websites, if any, were never crawled to the end."""

    dataset_id: str
    holdings: Holdings
    crawled_at: datetime | None
    questions: QuestionCounts


@dataclass(frozen=True, slots=True)
class Overview:
    datasets: Datasets
    activity: SearchActivity

    def of(self, session: Session, principal: Principal, *, days: int) -> Sequence[DatasetOverview]:
        """One for each dataset that the caller may see, oldest first; questions of the last `days`."""
        ids = [dataset.id for dataset in self.datasets.list(session, principal)]
        held, crawled = holdings(session, ids), last_completed(session, ids)
        asked = self.activity.questions(session, principal, days=days)
        return [
            DatasetOverview(one, held.get(one, Holdings()), crawled.get(one), asked[one]) for one in ids if one in asked
        ]
