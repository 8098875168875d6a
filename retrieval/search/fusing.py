"""Orders that do not come from absolute scores: by ranks, and by where a score lies in its leg's spread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RANK_CONSTANT = 60
"""Cormack, Clarke and Büttcher 2009: how little the first ranks differ from those behind them."""


def by_ranks(cosines: Sequence[float], bm25: Sequence[float], *, alpha: float) -> list[float]:
    """Reciprocal rank fusion, weighted: a leg adds its weight over (60 + rank); nothing where it finds nothing."""
    fused = alpha * _reciprocal(np.asarray(cosines)) + (1 - alpha) * _reciprocal(np.asarray(bm25))
    return [float(one) for one in fused]


def by_spread(cosines: Sequence[float], bm25: Sequence[float], *, alpha: float) -> list[float]:
    """Distribution-based: a leg's scores run from 0, three standard deviations below their mean, to 1, three above."""
    fused = alpha * _placed(np.asarray(cosines)) + (1 - alpha) * _placed(np.asarray(bm25))
    return [float(one) for one in fused]


def smoothed(scores: Sequence[float]) -> list[float]:
    """The never-rising sequence that is nearest to the scores in the given order (pool adjacent violators).

    The order stays, every score stays in the range of those it stands for, and equal orders keep their scores as they
    are; so a threshold means what it means in the weighted order.
    """
    blocks: list[tuple[float, int]] = []
    for score in scores:
        mean, size = score, 1
        while blocks and blocks[-1][0] < mean:
            before, length = blocks.pop()
            mean, size = (before * length + mean * size) / (length + size), length + size
        blocks.append((mean, size))
    return [mean for mean, size in blocks for _ in range(size)]


def ranks_of(scores: Sequence[float]) -> list[int | None]:
    """Ranks from 1, best first; None for what scores 0 or less. Equal scores share the better rank."""
    values = np.asarray(scores, dtype=np.float64)
    return [int(1 + (values > one).sum()) if one > 0 else None for one in values]


def _reciprocal(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    ranks = 1 + (scores[None, :] > scores[:, None]).sum(axis=1)
    return np.where(scores > 0, 1.0 / (RANK_CONSTANT + ranks), 0.0)


def _placed(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(scores):
        return scores
    mean, deviation = scores.mean(), scores.std()
    if deviation == 0:
        return np.where(scores > 0, 0.5, 0.0)
    return np.asarray(np.clip((scores - mean + 3 * deviation) / (6 * deviation), 0.0, 1.0), dtype=np.float64)
