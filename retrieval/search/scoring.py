"""From the scores of two legs to one order, and one score that means the same in every search."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from retrieval.search.fusing import by_ranks, by_spread, smoothed
from retrieval.search.fusion import FusionKind
from retrieval.stores.bm25_parameters import K1
from retrieval.types import Candidates, Ranked, RankSource


@dataclass(frozen=True, slots=True)
class Fusion:
    """Convex combination of two absolute scores: `alpha` of the vector's, the rest of the keyword's, at most 1 in all.

    The vector's is the cosine, 0 for what points away. The keyword's is BM25 over what a chunk of average length
    reaches that holds every term of the query once, which is the sum of the terms' IDF; more than that is more than 1,
    and it orders by what it is, since cutting it off costs a point of nDCG (docs/adr/0017-fusing.md). Neither depends
    on what else was found (as min-max and rank fusion do), so a score can be held against a threshold.

    Where `kind` orders otherwise, the shown score is still this one, smoothed to that order (`fusing.smoothed`).
    """

    alpha: float
    kind: FusionKind = FusionKind.WEIGHTED

    def rank(self, candidates: Candidates) -> Iterator[Ranked]:
        """Best first, each made when it is asked for: few of some two hundred are.

        Equal scores are ordered by the legs' own scores and then by id: the same search has the same order every time.
        """
        once = candidates.bm25_ceiling / (K1 + 1)
        alpha, beta = self.alpha, 1 - self.alpha if once > 0 else 0.0
        scored = []
        for leg in candidates.scores:  # some two hundred in every search: no call in here
            cosine, bm25 = leg.cosine, leg.bm25
            vector = 0.0 if cosine <= 0 else alpha * (cosine if cosine < 1 else 1.0)
            keyword = beta * (bm25 / once) if beta else 0.0
            if vector + keyword > 0:
                scored.append((-(vector + keyword), -bm25, -cosine, leg.chunk_id, vector, keyword, leg.file_id))
        scored.sort()
        if self.kind is not FusionKind.WEIGHTED:
            scored = self._reordered(scored)
        rest = 1 - self.alpha
        for score, bm25, cosine, chunk_id, vector, keyword, file_id in scored:
            share = keyword / rest if rest > 0 else 0.0
            yield Ranked(chunk_id, file_id, min(1.0, -score), _source(vector, keyword), -cosine, -bm25, share)

    def _reordered(self, scored: Sequence[_Scored]) -> list[_Scored]:
        """`scored` is in the weighted order, which settles what the other order leaves equal."""
        fuse = by_ranks if self.kind is FusionKind.RRF else by_spread
        fused = fuse([-one[2] for one in scored], [-one[1] for one in scored], alpha=self.alpha)
        order = [one for _, one in sorted(zip(fused, scored, strict=True), key=itemgetter(0), reverse=True)]
        return [(-score, *one[1:]) for score, one in zip(smoothed([-one[0] for one in order]), order, strict=True)]


_Scored = tuple[float, float, float, str, float, float, str]


def merged(rankings: Iterable[Iterator[Ranked]]) -> Iterator[Ranked]:
    """Those of several collections, in the one order."""
    return heapq.merge(*rankings, key=lambda r: (-r.score, -r.bm25, -r.cosine, r.chunk_id))


def _source(vector: float, keyword: float) -> RankSource:
    if keyword == 0:
        return RankSource.VECTOR
    return RankSource.KEYWORD if vector == 0 else RankSource.HYBRID
