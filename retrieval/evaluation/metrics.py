"""Ranking metrics as trec_eval computes them: what nobody judged counts as not relevant."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Judgements = Mapping[str, int]


def ndcg(ranking: Sequence[str], judged: Judgements, k: int) -> float:
    """Normalised discounted cumulative gain at k, with linear gain (trec_eval's ndcg_cut); negative grades gain 0.

    0 where nothing relevant was judged.
    """
    gains = [max(0, judged.get(document, 0)) for document in ranking[:k]]
    ideal = sorted((grade for grade in judged.values() if grade > 0), reverse=True)[:k]
    return _discounted(gains) / _discounted(ideal) if ideal else 0.0


def recall(ranking: Sequence[str], judged: Judgements, k: int) -> float:
    """The share of the relevant documents among the first k. 0 where nothing relevant was judged."""
    relevant = {document for document, grade in judged.items() if grade > 0}
    return len(relevant.intersection(ranking[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[str], judged: Judgements, k: int) -> float:
    """1 over the place of the first relevant document, 0 where none is among the first k."""
    places = (place for place, document in enumerate(ranking[:k], start=1) if judged.get(document, 0) > 0)
    return 1.0 / next(places, math.inf)


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))
