"""Results that say something else than those before them: maximal marginal relevance (Carbonell and Goldstein 1998)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from retrieval.search.types import SearchHit
from retrieval.types import Vector


def diversified(hits: Sequence[SearchHit], vectors: Mapping[str, Vector], *, diversity: float) -> list[SearchHit]:
    """All hits in a new order: each next one has the most of (1 - diversity) * score - diversity * its highest cosine
    to one before it. Scores stay, so they no longer fall from one to the next. The first hit stays first, and what a
    smaller topK shows is the beginning of what a larger one does.

    A hit without a vector counts as unlike all others.
    """
    if not hits:
        return []
    size = next((len(vector) for vector in vectors.values()), 1)
    matrix = np.array([_unit(vectors.get(hit.passage.chunk_id), size) for hit in hits])
    alike = np.maximum(matrix @ matrix.T, 0.0)
    scores = np.array([hit.score for hit in hits])
    left, order, nearest = list(range(1, len(hits))), [0], alike[0].copy()
    while left:
        gains = (1 - diversity) * scores[left] - diversity * nearest[left]
        chosen = left.pop(int(np.argmax(gains)))
        order.append(chosen)
        nearest = np.maximum(nearest, alike[chosen])
    return [hits[index] for index in order]


def _unit(vector: Vector | None, size: int) -> Vector:
    if vector is None:
        return np.zeros(size, dtype=np.float32)
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), dtype=np.float32)
