"""One search: each leg's best chunks, then every member of the union scored on both legs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import qdrant_edge as edge

from retrieval.stores.bm25 import Encoder, ceiling
from retrieval.stores.edge.conditions import translate
from retrieval.stores.edge.messages import Found, Search
from retrieval.stores.edge.shard import DENSE, SPARSE
from retrieval.stores.edge.statistics import TermStatistics
from retrieval.stores.payload import Field, scope_keys
from retrieval.types import LegScores

_PARAMS = edge.SearchParams(quantization=edge.QuantizationSearchParams(rescore=True, oversampling=2.0))
"""Where a graph is walked by bytes: twice as many as wanted are scored by their vectors."""

_SHOWN = [Field.CHUNK.value, Field.FILE.value, Field.GENERATION.value]


class Searcher:
    """Runs between two writes, so that all its queries see the same points."""

    def __init__(self, *, shard: edge.EdgeShard, statistics: TermStatistics, encoder: Encoder) -> None:
        self._shard = shard
        self._statistics = statistics
        self._encoder = encoder

    def candidates(self, search: Search) -> Found:
        started = time.perf_counter()
        scopes = scope_keys(search.where.tenant_id, search.where.dataset_ids)
        terms = list(self._encoder.query(search.text).indices) if search.text else []
        legs = self.legs(search, scopes, terms)
        union = self._union(legs, search)
        scores = [self._score(leg, union, search) for leg in legs]
        return Found(
            scores=_merged(union, scores),
            ceiling=ceiling(self._statistics.in_scope(scopes, terms).values()) if terms else 0.0,
            seconds=time.perf_counter() - started,
        )

    def legs(self, search: Search, scopes: tuple[str, ...], terms: Sequence[int]) -> list[Leg]:
        return [leg for leg in (self._dense(search), self._keyword(scopes, terms)) if leg is not None]

    def warm(self, vector_size: int) -> None:
        """Reads every vector once, so that the first search does not wait for the disk."""
        query = edge.Query.Nearest([1.0] * vector_size, using=DENSE)
        self._shard.query(edge.QueryRequest(limit=1, query=query, params=edge.SearchParams(exact=True)))

    def _dense(self, search: Search) -> Leg | None:
        if search.vector is None:
            return None
        return Leg(DENSE, edge.Query.Nearest(np.frombuffer(search.vector, dtype="<f4").tolist(), using=DENSE))

    def _keyword(self, scopes: tuple[str, ...], terms: Sequence[int]) -> Leg | None:
        vector = self._statistics.query(scopes, terms) if terms else None
        return None if vector is None else Leg(SPARSE, edge.Query.Nearest(vector, using=SPARSE))

    def _union(self, legs: Sequence[Leg], search: Search) -> dict[str, edge.Payload]:
        """Chunk id to payload, each leg's best first."""
        union: dict[str, edge.Payload] = {}
        for leg in legs:
            union.update(self._pool(leg, search))
        return union

    def _pool(self, leg: Leg, search: Search) -> dict[str, edge.Payload]:
        """The leg's `pool` best chunks. Windows of one chunk fall together, so it fetches on until there are enough."""
        where = translate(search.where)
        limit = search.pool
        while True:
            hits = self.query(leg, where, limit)
            chunks = by_chunk(hits)
            for chunk_id, (_, score) in chunks.items():
                leg.scores[chunk_id] = score
            if len(chunks) >= search.pool or len(hits) < limit:
                return {chunk_id: payload for chunk_id, (payload, _) in list(chunks.items())[: search.pool]}
            limit *= 2

    def _score(self, leg: Leg, union: Iterable[str], search: Search) -> Leg:
        """Adds the chunks that the leg's own pool does not hold."""
        missing = [chunk_id for chunk_id in union if chunk_id not in leg.scores]
        if missing:
            limit = max(4 * len(missing), 64)
            where = translate(search.where, chunks=missing)
            while len(hits := self.query(leg, where, limit)) == limit:
                limit *= 4
            leg.scores.update({chunk_id: score for chunk_id, (_, score) in by_chunk(hits).items()})
        return leg

    def query(self, leg: Leg, where: edge.Filter, limit: int, *, above: float | None = None) -> list[edge.ScoredPoint]:
        request = edge.QueryRequest(
            limit=limit, query=leg.query, filter=where, with_payload=_SHOWN, score_threshold=above, params=_PARAMS
        )
        return self._shard.query(request)


class Leg:
    """One way of scoring and the best score of each chunk seen by it."""

    def __init__(self, name: str, query: edge.Query) -> None:
        self.name = name
        self.query = query
        self.scores: dict[str, float] = {}


def by_chunk(hits: Iterable[edge.ScoredPoint]) -> dict[str, tuple[edge.Payload, float]]:
    """Best first; a chunk counts with its best window."""
    best: dict[str, tuple[edge.Payload, float]] = {}
    for hit in hits:
        payload = hit.payload or {}
        best.setdefault(payload[Field.CHUNK.value], (payload, hit.score))
    return best


def _merged(union: Mapping[str, edge.Payload], legs: Sequence[Leg]) -> list[LegScores]:
    scores = {leg.name: leg.scores for leg in legs}
    dense, keyword = scores.get(DENSE, {}), scores.get(SPARSE, {})
    return [
        LegScores(
            chunk_id=chunk_id,
            file_id=payload[Field.FILE.value],
            generation=payload[Field.GENERATION.value],
            cosine=dense.get(chunk_id, 0.0),
            bm25=keyword.get(chunk_id, 0.0),
        )
        for chunk_id, payload in union.items()
    ]
