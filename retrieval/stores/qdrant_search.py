"""One search on a Qdrant server: two round trips, the second for the scores that a leg's own pool does not hold."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qdrant_client import QdrantClient, models

from retrieval.conditions import AllOf, AnyOf, Condition, NoneOf, OneOf, Present, Within, value_key
from retrieval.stores.bm25 import ceiling, idf
from retrieval.stores.payload import Field, label_terms, scope_keys
from retrieval.types import Candidates, Filter, LegScores, Vector, Without

DENSE = "dense"
SPARSE = "bm25"

_BY_VECTORS = models.SearchParams(quantization=models.QuantizationSearchParams(rescore=True, oversampling=2.0))
"""Where a graph is walked by bytes: twice as many as wanted are scored by their vectors."""

_SHOWN = [Field.CHUNK.value, Field.FILE.value, Field.GENERATION.value]


def equals(name: Field, value: str | int) -> models.FieldCondition:
    return models.FieldCondition(key=name.value, match=models.MatchValue(value=value))


def any_of(name: Field, values: Iterable[str]) -> models.FieldCondition:
    return models.FieldCondition(key=name.value, match=models.MatchAny(any=list(values)))


def translate(where: Filter) -> list[models.Condition]:
    """The request's conditions, within live and enabled points."""
    must: list[models.Condition] = [any_of(Field.SCOPE, scope_keys(where.tenant_id, where.dataset_ids))]
    if where.file_ids is not None:
        must.append(any_of(Field.FILE, where.file_ids))
    if where.sources is not None:
        must.append(any_of(Field.SOURCE, where.sources))
    must.extend(any_of(Field.LABELS, label_terms(key, values)) for key, values in where.labels.items())
    if where.published is not None:
        since, until = where.published.since, where.published.until
        dates = models.Range(
            gte=None if since is None else since.timestamp(), lte=None if until is None else until.timestamp()
        )
        must.append(models.FieldCondition(key=Field.PUBLISHED.value, range=dates))
    if where.condition is not None:
        must.append(meant(where.condition))
    never = _never(where.without)
    if never:
        must.append(models.Filter(must_not=never))
    return must


def meant(condition: Condition) -> models.Filter:
    """A filter that holds where the condition does."""
    match condition:
        case AnyOf(key, values):
            return models.Filter(must=[any_of(Field.LABELS, label_terms(key, values))])
        case Present(key):
            return models.Filter(must=[equals(Field.LABELS, key)])
        case Within(key, dates, gt, gte, lt, lte):
            named = models.FieldCondition(key="key", match=models.MatchValue(value=value_key(key, dates=dates)))
            between = models.FieldCondition(key="value", range=models.Range(gt=gt, gte=gte, lt=lt, lte=lte))
            both = models.Filter(must=[named, between])
            return models.Filter(
                must=[models.NestedCondition(nested=models.Nested(key=Field.VALUES.value, filter=both))]
            )
        case AllOf(parts):
            return models.Filter(must=[meant(part) for part in parts])
        case OneOf(parts):
            return models.Filter(should=[meant(part) for part in parts] or [equals(Field.SCOPE, "")])
        case NoneOf(parts):
            return models.Filter(must_not=[meant(part) for part in parts])


def _never(without: Without) -> list[models.Condition]:
    chosen = [(Field.FILE, without.file_ids), (Field.SOURCE, without.sources)]
    chosen += [(Field.LABELS, label_terms(key, values)) for key, values in without.labels.items()]
    return [any_of(field, values) for field, values in chosen if values]


@dataclass(slots=True)
class Leg:
    name: str
    query: list[float] | models.SparseVector
    params: models.SearchParams
    scores: dict[str, float] = field(default_factory=dict)


class ServerSearch:
    """One request's search. IDF is taken over the request's scope, so that no other tenant's words show in scores."""

    def __init__(self, *, client: QdrantClient, collection: str, where: Filter, pool: int) -> None:
        self.client = client
        self.collection = collection
        self._pool_size = pool
        self.where = translate(where)
        self._scope = models.Filter(must=self.where[:1])
        self._params = models.SearchParams(idf=models.IdfCorpusParams(corpus=self._scope))

    def candidates(self, *, vector: Vector | None, terms: Sequence[int]) -> Candidates:
        started = time.perf_counter()
        legs = self.legs(vector, terms)
        union: dict[str, LegScores] = {}
        for leg in legs:
            union.update(self._pool(leg))
        for leg in legs:
            self._complete(leg, union)
        scores = _merged(union, legs)
        highest = ceiling(self.idfs(terms)) if terms else 0.0
        return Candidates(scores=scores, bm25_ceiling=highest, engine_seconds=time.perf_counter() - started)

    def legs(self, vector: Vector | None, terms: Sequence[int]) -> list[Leg]:
        legs = []
        if vector is not None:
            legs.append(Leg(DENSE, vector.tolist(), _BY_VECTORS))
        if terms:
            query = models.SparseVector(indices=list(terms), values=[1.0] * len(terms))
            legs.append(Leg(SPARSE, query, self._params))
        return legs

    def _pool(self, leg: Leg) -> dict[str, LegScores]:
        """The leg's best chunks. Windows of one chunk fall together, so it fetches on until there are enough."""
        limit = self._pool_size
        while True:
            hits = self.query(leg, models.Filter(must=[*self.where]), limit)
            found = by_chunk(hits)
            leg.scores.update({chunk_id: score for chunk_id, (_, score) in found.items()})
            if len(found) >= self._pool_size or len(hits) < limit:
                return {chunk_id: known for chunk_id, (known, _) in list(found.items())[: self._pool_size]}
            limit *= 2

    def _complete(self, leg: Leg, union: Iterable[str]) -> None:
        missing = [chunk_id for chunk_id in union if chunk_id not in leg.scores]
        if not missing:
            return
        where = models.Filter(must=[*self.where, any_of(Field.CHUNK, missing)])
        limit = max(4 * len(missing), 64)
        while len(hits := self.query(leg, where, limit)) == limit:
            limit *= 4
        leg.scores.update({chunk_id: score for chunk_id, (_, score) in by_chunk(hits).items()})

    def query(
        self, leg: Leg, where: models.Filter, limit: int, *, above: float | None = None
    ) -> list[models.ScoredPoint]:
        return self.client.query_points(
            self.collection,
            query=leg.query,
            using=leg.name,
            query_filter=where,
            search_params=leg.params,
            limit=limit,
            with_payload=_SHOWN,
            score_threshold=above,
        ).points

    def idfs(self, terms: Sequence[int]) -> list[float]:
        """A query of one term with weight 1 scores its best point at idf times the weight stored with the point."""
        requests = [
            models.QueryRequest(
                query=models.SparseVector(indices=[term], values=[1.0]),
                using=SPARSE,
                filter=self._scope,
                params=self._params,
                limit=1,
                with_vector=[SPARSE],
                with_payload=False,
            )
            for term in terms
        ]
        answers = self.client.query_batch_points(self.collection, requests)
        known = [_idf_of(term, answer.points) for term, answer in zip(terms, answers, strict=True)]
        unseen = self._unseen_idf() if None in known else 0.0
        return [unseen if value is None else value for value in known]

    def _unseen_idf(self) -> float:
        conditions: list[models.Condition] = [self._scope, models.HasVectorCondition(has_vector=SPARSE)]
        where = models.Filter(must=conditions)
        return idf(self.client.count(self.collection, count_filter=where, exact=True).count, 0)


def _idf_of(term: int, points: Sequence[models.ScoredPoint]) -> float | None:
    if not points:
        return None
    stored = points[0].vector[SPARSE] if isinstance(points[0].vector, dict) else None
    if not isinstance(stored, models.SparseVector):
        raise TypeError(f"point {points[0].id} came without its keyword vector")
    return points[0].score / stored.values[stored.indices.index(term)]


def by_chunk(hits: Iterable[models.ScoredPoint]) -> dict[str, tuple[LegScores, float]]:
    """Best first; a chunk counts with its best window."""
    best: dict[str, tuple[LegScores, float]] = {}
    for hit in hits:
        payload = hit.payload or {}
        known = LegScores(
            chunk_id=payload[Field.CHUNK.value],
            file_id=payload[Field.FILE.value],
            generation=payload[Field.GENERATION.value],
            cosine=0.0,
            bm25=0.0,
        )
        best.setdefault(known.chunk_id, (known, hit.score))
    return best


def _merged(union: Mapping[str, LegScores], legs: Sequence[Leg]) -> list[LegScores]:
    scores = {leg.name: leg.scores for leg in legs}
    dense, keyword = scores.get(DENSE, {}), scores.get(SPARSE, {})
    return [
        LegScores(chunk_id, known.file_id, known.generation, dense.get(chunk_id, 0.0), keyword.get(chunk_id, 0.0))
        for chunk_id, known in union.items()
    ]
