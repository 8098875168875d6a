"""The job that evaluates: every question through the search itself, configuration by configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from identity.types import Principal, Role, Scope
from kit.clock import Clock
from kit.db.database import Database
from kit.errors import CairnError
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from retrieval.evaluation.statistics import Comparison, Estimate, compare, estimate
from retrieval.golden.calibrating import Calibrating
from retrieval.golden.jobs import EVALUATE, QUEUE
from retrieval.golden.measuring import METRICS, Measured, measured
from retrieval.golden.models import Evaluation
from retrieval.golden.ports import Library
from retrieval.golden.service import question_view, questions_at
from retrieval.golden.tuning import candidates, tuned
from retrieval.golden.types import Configuration, EvaluationKind, EvaluationState, QuestionView
from retrieval.search.calibration import Calibration
from retrieval.search.fusion import DatasetTuning, FusionKind
from retrieval.search.scoring import Fusion
from retrieval.search.service import Search
from retrieval.search.types import SearchRequest

PRESENT = Configuration("present")
"""As the dataset is set now."""

_DEPTH = 20
_QUESTIONS_AT_ONCE = 10
_MAIN = "ndcg@10"


class _StoppedError(Exception):
    """The worker is stopping."""


@dataclass(frozen=True, slots=True)
class _Work:
    evaluation_id: str
    kind: EvaluationKind
    dataset_id: str
    adopt: bool
    principal: Principal
    configurations: Sequence[Configuration]
    questions: Sequence[QuestionView]


@dataclass(frozen=True, slots=True)
class EvaluateHandler:
    """Measures, writes the result in the transaction that ends the job. Killed, it begins anew: measuring changes
    nothing."""

    database: Database
    jobs: JobQueue
    search: Search
    library: Library
    clock: Clock

    kind = EVALUATE
    queue = QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            try:
                self._run(claim, signals)
            except _StoppedError:
                with self.database.write() as session:
                    self.jobs.release(session, claim)
            except CairnError as error:
                self._failed(claim, error.message)

    def gave_up(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            row = session.get(Evaluation, claim.text("evaluation_id"))
            if row is not None:
                row.state, row.error, row.finished_at = EvaluationState.FAILED, error, self.clock.now()

    def _run(self, claim: Claim, signals: Signals) -> None:
        work = self._work(claim)
        if work is None:
            with self.database.write() as session:
                self.jobs.complete(session, claim)
            return
        step = self._steps(claim, signals)
        if work.kind is EvaluationKind.COMPARE:
            result = _compared({one: self._measures(work, one, step) for one in work.configurations or [PRESENT]})
            self._done(claim, work, result)
        elif work.kind is EvaluationKind.CALIBRATE:
            self._done(claim, work, *self._calibrated(work, step))
        else:
            result, tuning = self._tuned(work, step)
            self._done(claim, work, result, tuning=tuning)

    def _work(self, claim: Claim) -> _Work | None:
        with self.database.write() as session:
            self.jobs.hold(session, claim, progressed=True)
            row = session.get(Evaluation, claim.text("evaluation_id"))
            if row is None or row.state == EvaluationState.DONE:
                return None
            row.state = EvaluationState.RUNNING
            return _Work(
                evaluation_id=row.id,
                kind=EvaluationKind(row.kind),
                dataset_id=row.dataset_id,
                adopt=row.adopt,
                principal=measurer(row.tenant_id, row.dataset_id),
                configurations=[Configuration.restored(one) for one in row.configurations],
                questions=[question_view(one) for one in questions_at(session, row.set_id, row.version)],
            )

    def _steps(self, claim: Claim, signals: Signals) -> Callable[[], None]:
        """To be called after some questions: keeps the job, and stops with the worker."""

        def step() -> None:
            if signals.stopping():
                raise _StoppedError
            with self.database.write() as session:
                self.jobs.hold(session, claim, progressed=True)

        return step

    def _measures(self, work: _Work, configuration: Configuration, step: Callable[[], None]) -> Mapping[str, Measured]:
        """By question."""
        found = {}
        for number, question in enumerate(work.questions, start=1):
            request = SearchRequest(
                question.query,
                [work.dataset_id],
                top_k=_DEPTH,
                alpha=configuration.alpha,
                fusion=configuration.fusion,
                rerank=configuration.rerank,
            )
            hits = self.search.search(work.principal, request).hits
            found[question.id] = measured(question, [hit.passage for hit in hits])
            if number % _QUESTIONS_AT_ONCE == 0:
                step()
        return found

    def _tuned(self, work: _Work, step: Callable[[], None]) -> tuple[dict[str, object], DatasetTuning | None]:
        """Every question goes to the engine once; all ways of fusing order the same candidates."""
        choices = candidates()
        fusions = [None, *(Fusion(one.alpha or 0.0, one.fusion or FusionKind.WEIGHTED) for one in choices)]
        present: dict[str, float] = {}
        found: dict[Configuration, dict[str, float]] = {one: {} for one in choices}
        for number, question in enumerate(work.questions, start=1):
            request = SearchRequest(question.query, [work.dataset_id])
            orders = self.search.orders(work.principal, request, fusions, depth=_DEPTH)
            gains = [measured(question, order).values[_MAIN] for order in orders]
            present[question.query] = gains[0]
            for choice, gain in zip(choices, gains[1:], strict=True):
                found[choice][question.query] = gain
            if number % _QUESTIONS_AT_ONCE == 0:
                step()
        result = tuned(present, found)
        if result is None:
            return {"tuned": None, "reason": "too few questions: at least 20 are needed, some in each half"}, None
        best = result.best
        said: dict[str, object] = {
            "tuned": best.stored(),
            "chosenOn": result.chosen_on,
            "heldOut": shown_comparison(result.held_out),
            "adopted": result.held and work.adopt,
        }
        return said, DatasetTuning(best.alpha, best.fusion) if result.held and work.adopt else None

    def _calibrated(self, work: _Work, step: Callable[[], None]) -> tuple[dict[str, object], Calibration | None]:
        """What is said of it, and what to adopt."""
        found = Calibrating(self.search).run(
            work.principal, work.dataset_id, work.questions, evaluation_id=work.evaluation_id, step=step
        )
        adopted = found.calibration if work.adopt and found.reason is None else None
        stored = None if found.calibration is None else found.calibration.stored()
        return {**found.told(), "calibration": stored, "adopted": adopted is not None}, adopted

    def _done(
        self,
        claim: Claim,
        work: _Work,
        result: Mapping[str, object],
        calibration: Calibration | None = None,
        *,
        tuning: DatasetTuning | None = None,
    ) -> None:
        with self.database.write() as session:
            self.jobs.hold(session, claim, progressed=True)
            row = session.get(Evaluation, claim.text("evaluation_id"))
            if row is not None:
                row.result = {"questions": len(work.questions), **result}
                row.state, row.finished_at = EvaluationState.DONE, self.clock.now()
                if tuning is not None:
                    self.library.tune(session, work.dataset_id, tuning)
                if calibration is not None:
                    self.library.calibrate(session, work.dataset_id, calibration)
            self.jobs.complete(session, claim)

    def _failed(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            self.jobs.fail(session, claim, error)
            row = session.get(Evaluation, claim.text("evaluation_id"))
            if row is not None:
                row.state, row.error, row.finished_at = EvaluationState.FAILED, error, self.clock.now()


def measurer(tenant_id: str, dataset_id: str) -> Principal:
    """Searches the one dataset, and may do nothing else."""
    return Principal(
        tenant_id=tenant_id,
        key_id="evaluation",
        user_id=None,
        name="evaluation",
        role=Role.REVIEWER,
        scopes=frozenset({Scope.SEARCH}),
        dataset_ids=[dataset_id],
    )


def _compared(found: Mapping[Configuration, Mapping[str, Measured]]) -> dict[str, object]:
    """Each with its means, and all but the first beside the first."""
    first = next(iter(found.values()))
    told = []
    for configuration, by_question in found.items():
        columns = {name: [one.values[name] for one in by_question.values()] for name in METRICS}
        row: dict[str, object] = {
            "configuration": configuration.stored(),
            "metrics": {name: shown_estimate(estimate(values)) for name, values in columns.items()},
        }
        if by_question is not first:
            base = {name: [one.values[name] for one in first.values()] for name in METRICS}
            row["comparedToFirst"] = {name: shown_comparison(compare(base[name], columns[name])) for name in METRICS}
        told.append(row)
    return {"configurations": told}


def shown_estimate(found: Estimate) -> dict[str, float]:
    return {"mean": found.mean, "low": found.low, "high": found.high}


def shown_comparison(found: Comparison) -> dict[str, object]:
    return {"difference": shown_estimate(found.difference), "p": found.p, "verdict": found.verdict.value}
