"""How sure a measured mean is, and whether two of them differ: by resampling the questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

_RESAMPLES = 2000
_SEED = 7
_LEVEL = 0.95


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    NO_SIGNIFICANT_DIFFERENCE = "no_significant_difference"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95% interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference` of the second over the first, question by question. `p` by flipping signs at random."""

    difference: Estimate
    p: float
    verdict: Verdict


def estimate(values: Sequence[float]) -> Estimate:
    """Percentile bootstrap over questions; the same values always give the same interval."""
    array = np.asarray(values, dtype=np.float64)
    if not len(array):
        return Estimate(0.0, 0.0, 0.0)
    random = np.random.default_rng(_SEED)
    means = array[random.integers(0, len(array), (_RESAMPLES, len(array)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Estimate(float(array.mean()), float(low), float(high))


def compare(first: Sequence[float], second: Sequence[float]) -> Comparison:
    """Paired: both measured on the same questions in the same order.

    A difference counts where its interval leaves out zero and the sign-flip test (Fisher's randomisation, two-sided)
    gives less than .05.
    """
    differences = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    found = estimate(list(differences))
    p = _sign_flip(differences)
    if p >= 1 - _LEVEL or found.low <= 0 <= found.high:
        return Comparison(found, p, Verdict.NO_SIGNIFICANT_DIFFERENCE)
    return Comparison(found, p, Verdict.BETTER if found.mean > 0 else Verdict.WORSE)


def _sign_flip(differences: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    if not np.any(differences):
        return 1.0
    random = np.random.default_rng(_SEED)
    signs = random.choice([-1.0, 1.0], (_RESAMPLES, len(differences)))
    flipped = np.abs((signs * differences).mean(axis=1))
    return float((1 + (flipped >= abs(differences.mean()) - 1e-12).sum()) / (_RESAMPLES + 1))
