"""Two places where a dataset could be searched, compared by its golden questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from identity.types import Principal
from kit.db.database import Database
from retrieval.evaluation.statistics import Verdict, compare, estimate
from retrieval.golden.evaluating import measurer, shown_comparison, shown_estimate
from retrieval.golden.measuring import METRICS, Measured, measured
from retrieval.golden.models import QuestionSet
from retrieval.golden.service import question_view, questions_at
from retrieval.golden.types import QuestionView
from retrieval.search.ports import SearchTarget
from retrieval.search.service import Search
from retrieval.search.types import SearchRequest

MAIN = "ndcg@10"
_DEPTH = 20
_QUESTIONS_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class PlacesCompared:
    """`told` is for people, as JSON; `verdict` is that of the main metric."""

    told: Mapping[str, object]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A directory that knows one place."""

    target: SearchTarget

    def targets(self, principal: Principal, dataset_ids: Sequence[str]) -> Sequence[SearchTarget]:  # noqa: ARG002 - its protocol's
        return [self.target]


@dataclass(frozen=True, slots=True)
class PlaceComparison:
    """Asks every golden question of the dataset in both places, through the search itself."""

    database: Database
    search: Search

    def compare(
        self, tenant_id: str, before: SearchTarget, after: SearchTarget, *, step: Callable[[], None]
    ) -> PlacesCompared | None:
        """None where there is no question. `step` is called after some questions, and may raise."""
        (dataset_id,) = before.dataset_ids
        questions = self._questions(dataset_id)
        if not questions:
            return None
        first = self._measures(tenant_id, dataset_id, before, questions, step)
        second = self._measures(tenant_id, dataset_id, after, questions, step)
        metrics: dict[str, object] = {}
        verdict = Verdict.NO_SIGNIFICANT_DIFFERENCE
        for name in METRICS:
            old, new = [one.values[name] for one in first], [one.values[name] for one in second]
            found = compare(old, new)
            metrics[name] = {
                "before": shown_estimate(estimate(old)),
                "after": shown_estimate(estimate(new)),
                "comparison": shown_comparison(found),
            }
            if name == MAIN:
                verdict = found.verdict
        return PlacesCompared({"questions": len(questions), "verdict": verdict.value, "metrics": metrics}, verdict)

    def _questions(self, dataset_id: str) -> Sequence[QuestionView]:
        with self.database.read() as session:
            sets = session.scalars(select(QuestionSet).where(QuestionSet.dataset_id == dataset_id)).all()
            return [question_view(one) for row in sets for one in questions_at(session, row.id, row.version)]

    def _measures(
        self,
        tenant_id: str,
        dataset_id: str,
        target: SearchTarget,
        questions: Sequence[QuestionView],
        step: Callable[[], None],
    ) -> Sequence[Measured]:
        search, principal = replace(self.search, directory=_Fixed(target)), measurer(tenant_id, dataset_id)
        found = []
        for number, question in enumerate(questions, start=1):
            hits = search.search(principal, SearchRequest(question.query, [dataset_id], top_k=_DEPTH)).hits
            found.append(measured(question, [hit.passage for hit in hits]))
            if number % _QUESTIONS_AT_ONCE == 0:
                step()
        return found
