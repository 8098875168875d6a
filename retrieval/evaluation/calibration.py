"""A dataset's scores fitted to what is relevant, and how far that holds for questions that it was not fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from retrieval.search.calibration import Curve, Strength, logistic

THRESHOLDS = tuple(number / 10 for number in range(1, 10))
POINTS = 17

_RIDGE = 1e-3
_STEPS = 50
_LEVEL, _SHARE = 0, 1

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """A passage that a question brought."""

    strength: Strength
    relevant: bool


@dataclass(frozen=True, slots=True)
class Reliability:
    """At a threshold: how many passages come back, and the share of them that is relevant; None where none does."""

    threshold: float
    returned: int
    relevant: float | None


def fitted(questions: Sequence[Sequence[Sample]], *, alpha: float, reranked: bool) -> Curve | None:
    """None where all passages are relevant or none is. Neither of its weights is below 0, so it changes no order."""
    samples = [sample for question in questions for sample in question]
    relevant = np.array([sample.relevant for sample in samples], dtype=np.float64)
    if not samples or relevant.min() == relevant.max():
        return None
    features = np.array([[one.strength.level, one.strength.share] for one in samples])
    level, share, bias = _weights(features, relevant)
    strengths = np.sort(features @ np.array([level, share]) + bias)
    # From the strongest down, the mean probability of all that is at least as strong.
    chances = np.array([logistic(one) for one in strengths[::-1]])
    precisions = (np.cumsum(chances) / np.arange(1, len(chances) + 1))[::-1]
    places = np.unique(np.linspace(0, len(strengths) - 1, POINTS).round().astype(int))
    kept = [places[0], *(b for a, b in pairwise(places) if strengths[b] > strengths[a])]
    return Curve(
        alpha, reranked, level, share, bias, [float(strengths[one]) for one in kept],
        [float(precisions[one]) for one in kept],
    )  # fmt: skip


def held_out(
    questions: Sequence[Sequence[Sample]], halves: Sequence[bool], *, alpha: float, reranked: bool
) -> Sequence[Reliability] | None:
    """Each half's passages scored by what was fitted to the other half. None where a half cannot be fitted."""
    scored: list[tuple[float, bool]] = []
    for half in (True, False):
        others = [one for one, side in zip(questions, halves, strict=True) if side is not half]
        curve = fitted(others, alpha=alpha, reranked=reranked)
        if curve is None:
            return None
        own = [one for one, side in zip(questions, halves, strict=True) if side is half]
        scored += [(curve.score(sample.strength), sample.relevant) for question in own for sample in question]
    return reliability(scored)


def reliability(scored: Sequence[tuple[float, bool]]) -> Sequence[Reliability]:
    """Scores with whether they are of something relevant."""
    told = []
    for threshold in THRESHOLDS:
        kept = [relevant for score, relevant in scored if score >= threshold]
        told.append(Reliability(threshold, len(kept), sum(kept) / len(kept) if kept else None))
    return told


def _weights(features: Floats, relevant: Floats) -> tuple[float, float, float]:
    """Of the level, of the share, and the bias. A feature that would count against a passage does not count."""
    used = [_LEVEL, _SHARE]
    while True:
        weights, bias = _logistic_model(features[:, used], relevant)
        against = [one for one, weight in zip(used, weights, strict=True) if weight <= 0]
        if not against or not used:
            found = dict(zip(used, weights, strict=True))
            return float(found.get(_LEVEL, 0.0)), float(found.get(_SHARE, 0.0)), float(bias)
        used = [one for one in used if one not in against]


def _logistic_model(features: Floats, relevant: Floats) -> tuple[Floats, float]:
    """By Newton's method over standardised features, with a slight pull towards 0, which also keeps it finite."""
    means, deviations = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
    columns = np.column_stack([(features - means) / deviations, np.ones(len(features))])
    weights = np.zeros(columns.shape[1])
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-np.clip(columns @ weights, -30, 30)))
        slope = columns.T @ (chances - relevant) + _RIDGE * weights
        curvature = (columns * (chances * (1 - chances))[:, None]).T @ columns + _RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curvature, slope)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-8:
            break
    slopes = weights[:-1] / deviations
    return slopes, float(weights[-1] - slopes @ means)
