"""From the scores of two legs to one score that means the same in every search."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.stores.bm25_parameters import K1
from retrieval.types import Candidates, LegScores, Ranked, RankSource


@dataclass(frozen=True, slots=True)
class Fusion:
    """Convex combination of two absolute scores, each in [0, 1]: `alpha` of the vector's, the rest of the keyword's.

    The vector's is the cosine, 0 for what points away. The keyword's is BM25 over what a chunk of average length
    reaches that holds every term of the query once, which is the sum of the terms' IDF; more than that counts as 1.
    Neither depends on what else was found (as min-max and rank fusion do), so a score can be held against a threshold.
    """

    alpha: float

    def rank(self, candidates: Candidates) -> list[Ranked]:
        """Best first. Equal scores are ordered by the legs' own scores and then by id: the same search has the same
        order every time."""
        once = candidates.bm25_ceiling / (K1 + 1)
        scored = [self._ranked(leg, once) for leg in candidates.scores]
        return ordered(ranked for ranked in scored if ranked.score > 0)

    def _ranked(self, leg: LegScores, once: float) -> Ranked:
        vector = self.alpha * min(1.0, max(0.0, leg.cosine))
        keyword = (1 - self.alpha) * (min(1.0, leg.bm25 / once) if once > 0 else 0.0)
        source = RankSource.HYBRID
        if keyword == 0:
            source = RankSource.VECTOR
        elif vector == 0:
            source = RankSource.KEYWORD
        return Ranked(leg.chunk_id, leg.file_id, vector + keyword, source, leg.cosine, leg.bm25)


def ordered(ranked: Iterable[Ranked]) -> list[Ranked]:
    return sorted(ranked, key=lambda r: (-r.score, -r.bm25, -r.cosine, r.chunk_id))
