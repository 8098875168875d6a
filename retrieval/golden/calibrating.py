"""The scores of a dataset calibrated by its golden questions: in every mode of searching, and judged on what each fit
did not see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from identity.types import Principal
from retrieval.evaluation.calibration import Reliability, Sample, fitted, held_out
from retrieval.golden.measuring import is_relevant
from retrieval.golden.tuning import chooses
from retrieval.golden.types import QuestionView
from retrieval.search.calibration import Calibration, Curve
from retrieval.search.looks import fusion_for
from retrieval.search.service import Search
from retrieval.search.types import SearchRequest

FEWEST = 40
"""Questions in all. With 30 the share of relevant ones at a threshold is off by .05 from one draw of questions to the
next, with 60 by .04 (docs/adr/0072-calibration.md)."""

TOLERANCE = 0.15
"""By how much the share of relevant ones at `MIDDLE` may be off on the questions that a fit did not see."""

MIDDLE = 0.5
_BEST = 10
_FEWEST_RETURNED = 10
_QUESTIONS_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of searching that has a curve of its own."""

    alpha: float
    reranked: bool


@dataclass(frozen=True, slots=True)
class Calibrated:
    """`reason` says why it is not to be adopted by itself, None where it held. `calibration` is None where nothing
    could be fitted."""

    calibration: Calibration | None
    reliability: Mapping[Mode, Sequence[Reliability]]
    questions: int
    reason: str | None

    def told(self) -> dict[str, object]:
        """For people and programs, as JSON."""
        modes = [
            {
                "hybridAlpha": mode.alpha,
                "rerank": mode.reranked,
                "heldOut": [
                    {"minScore": one.threshold, "returned": one.returned, "relevant": one.relevant} for one in found
                ],
            }
            for mode, found in self.reliability.items()
        ]
        return {"modes": modes, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Calibrating:
    search: Search

    def run(
        self,
        principal: Principal,
        dataset_id: str,
        questions: Sequence[QuestionView],
        *,
        evaluation_id: str,
        step: Callable[[], None],
    ) -> Calibrated:
        """`step` is called after some questions, and may raise. Searches as the dataset is set now, by words alone and
        by meaning alone, each with reranking too where there is a second look."""
        (target,) = self.search.directory.targets(principal, [dataset_id])
        own = fusion_for(SearchRequest("", [dataset_id]), target).alpha
        looks = (False, True) if self.search.scorer is not None else (False,)
        modes = [Mode(alpha, reranked) for reranked in looks for alpha in dict.fromkeys((own, 0.0, 1.0))]
        halves = [chooses(question.query) for question in questions]
        curves: list[Curve] = []
        found: dict[Mode, Sequence[Reliability]] = {}
        for mode in modes:
            samples = self._samples(principal, dataset_id, questions, mode, step)
            curve = fitted(samples, alpha=mode.alpha, reranked=mode.reranked)
            judged = held_out(samples, halves, alpha=mode.alpha, reranked=mode.reranked)
            if curve is not None and judged is not None:
                curves.append(curve)
                found[mode] = judged
        calibration = Calibration(evaluation_id, target.embedding_model, curves) if Mode(own, False) in found else None
        return Calibrated(calibration, found, len(questions), _reason(len(questions), found.get(Mode(own, False))))

    def _samples(
        self,
        principal: Principal,
        dataset_id: str,
        questions: Sequence[QuestionView],
        mode: Mode,
        step: Callable[[], None],
    ) -> list[list[Sample]]:
        """By question, its best passages."""
        found = []
        for number, question in enumerate(questions, start=1):
            request = SearchRequest(question.query, [dataset_id], top_k=_BEST, alpha=mode.alpha, rerank=mode.reranked)
            brought = self.search.strengths(principal, request)
            found.append([Sample(strength, is_relevant(question, passage)) for passage, strength in brought])
            if number % _QUESTIONS_AT_ONCE == 0:
                step()
        return found


def _reason(questions: int, found: Sequence[Reliability] | None) -> str | None:
    """Of the mode that the dataset is searched in."""
    if questions < FEWEST:
        return f"too few questions: {FEWEST} are needed, not {questions}"
    if found is None:
        return "relevant and other passages are needed among what each half of the questions brings"
    middle = next(one for one in found if one.threshold == MIDDLE)
    if middle.relevant is None or middle.returned < _FEWEST_RETURNED:
        return f"too little reaches {MIDDLE} to tell how much of it is relevant: {middle.returned} passages"
    if abs(middle.relevant - MIDDLE) > TOLERANCE:
        return f"on questions not fitted to, {middle.relevant:.2f} of what has {MIDDLE} or more is relevant"
    return None
