"""From a search's own score to the share of what is relevant: what golden questions of a dataset say of its scores.

A calibrated score is a precision. Of the passages that a dataset's golden questions bring (ten each) with at least so
much, this share is relevant. So `minScore` .5 asks for results of which about half are relevant, in every dataset that
is calibrated and in every mode; a score that stood for the probability of the one passage would let through more of
what is right where a dataset is easy (docs/adr/0072-calibration.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from retrieval.types import Ranked

POOL = 100
"""Passages that a passage's share is of: the pool of a leg as it is unless set otherwise."""

STEEPNESS = 5.0
"""A score that is .2 higher than another has 2.7 times its share."""

_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Strength:
    """How well a passage stands: its score before calibration, not cut off at 1, and the log odds of its share."""

    level: float
    share: float


@dataclass(frozen=True, slots=True)
class Curve:
    """For searches with this weight of the vector leg, reranked or not.

    `level`, `share` and `bias` are those of a logistic model. `strengths` rise, and so do `precisions`, which belong to
    them one by one.
    """

    alpha: float
    reranked: bool
    level: float
    share: float
    bias: float
    strengths: Sequence[float]
    precisions: Sequence[float]

    def strength(self, one: Strength) -> float:
        return self.level * one.level + self.share * one.share + self.bias

    def score(self, one: Strength) -> float:
        """In [0, 1]. Below the weakest passage measured it falls as the model's probability does."""
        strength, weakest = self.strength(one), self.strengths[0]
        if strength < weakest:
            return float(self.precisions[0]) * logistic(strength) / logistic(weakest)
        return float(np.interp(strength, self.strengths, self.precisions))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of a dataset whose vectors are `model`'s. `evaluation_id` names the evaluation that it was made by."""

    evaluation_id: str
    model: str
    curves: Sequence[Curve]

    def curve(self, alpha: float, *, reranked: bool) -> Curve | None:
        """The one whose alpha is nearest. None where none was made with, or without, reranking."""
        fitting = [one for one in self.curves if one.reranked is reranked]
        return min(fitting, key=lambda one: abs(one.alpha - alpha), default=None)

    def stored(self) -> dict[str, Any]:
        return {
            "evaluation": self.evaluation_id,
            "model": self.model,
            "curves": [
                {
                    "alpha": one.alpha,
                    "reranked": one.reranked,
                    "model": [one.level, one.share, one.bias],
                    "strengths": list(one.strengths),
                    "precisions": list(one.precisions),
                }
                for one in self.curves
            ],
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Calibration:
        curves = []
        for one in stored["curves"]:
            level, share, bias = one["model"]
            curves.append(Curve(one["alpha"], one["reranked"], level, share, bias, one["strengths"], one["precisions"]))
        return cls(stored["evaluation"], stored["model"], curves)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What a passage's share is of. Made of the `size` best scores; where there are fewer, the weakest stands in for
    the rest, so that a narrow filter makes nobody strong."""

    highest: float
    total: float

    @classmethod
    def of(cls, levels: Sequence[float], size: int = POOL) -> Crowd:
        """`levels` fall."""
        best = np.asarray(levels[:size], dtype=np.float64)
        if not len(best):
            return cls(0.0, float(size))
        weights = np.exp(STEEPNESS * (best - best[0]))
        return cls(float(best[0]), float(weights.sum() + (size - len(best)) * weights[-1]))

    def strength(self, level: float) -> Strength:
        share = math.exp(STEEPNESS * (level - self.highest)) / self.total
        share = min(max(share, _LEAST), 1 - _LEAST)
        return Strength(level, math.log(share / (1 - share)))


def level_of(ranked: Ranked, alpha: float) -> float:
    """The score before it is cut off at 1."""
    if ranked.score < 1:
        return ranked.score
    return max(1.0, alpha * max(0.0, ranked.cosine) + (1 - alpha) * ranked.keyword)


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, value))))
