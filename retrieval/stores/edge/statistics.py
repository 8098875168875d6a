"""IDF as the engine itself computes it, over the searcher's own scope.

The engine returns no IDF, but a query of one term with weight 1 scores its best point at idf * weight, and the
weight is stored with the point. Taken over the scope and not over the whole collection, because how often a word
occurs in another tenant's documents would otherwise show in the scores.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import qdrant_edge as edge

from retrieval.stores.bm25 import idf
from retrieval.stores.edge.conditions import in_scope
from retrieval.stores.edge.shard import SPARSE

_CACHED_SCOPES = 256


class TermStatistics:
    """Caches per scope. `written` drops what a write has made untrue."""

    def __init__(self, shard: edge.EdgeShard) -> None:
        self._shard = shard
        self._by_scope: dict[tuple[str, ...], dict[int, float]] = {}
        self._everywhere: dict[int, float] = {}
        self._documents: dict[tuple[str, ...], int] = {}

    def written(self, touched: Collection[str] | None) -> None:
        """`touched`: the scopes that points entered or left, none while a file is being ingested; None is any."""
        self._everywhere.clear()
        for scopes in list(self._by_scope):
            if touched is None or not set(touched).isdisjoint(scopes):
                del self._by_scope[scopes]
                self._documents.pop(scopes, None)

    def in_scope(self, scopes: tuple[str, ...], terms: Sequence[int]) -> Mapping[int, float]:
        """The IDF of each term over the searchable points of the scopes, terms that occur in none included."""
        self._bound()
        known = self._by_scope.setdefault(scopes, {})
        missing = [term for term in terms if term not in known]
        known.update(self._probe(missing, in_scope(scopes)))
        for term in missing:
            if term not in known:
                known[term] = idf(self._count(scopes), 0)
        return {term: known[term] for term in terms}

    def query(self, scopes: tuple[str, ...], terms: Sequence[int]) -> edge.SparseVector | None:
        """A query whose scores are BM25 with the scope's IDF; None where no term occurs in the whole collection.

        The engine multiplies by the collection's IDF, so each weight is the ratio of the two. This costs a tenth of
        asking the engine for a corpus in every query.
        """
        missing = [term for term in terms if term not in self._everywhere]
        self._everywhere.update(self._probe(missing, None))
        scoped = self.in_scope(scopes, terms)
        weights = {term: scoped[term] / self._everywhere[term] for term in terms if term in self._everywhere}
        return edge.SparseVector(list(weights), list(weights.values())) if weights else None

    def _probe(self, terms: Sequence[int], corpus: edge.Filter | None) -> dict[int, float]:
        if not terms:
            return {}
        answers = self._shard.query_batch(edge.QueryBatchRequest([_probe_request(term, corpus) for term in terms]))
        pairs = zip(terms, answers, strict=True)
        return {term: found[0].score / _weight(found[0], term) for term, found in pairs if found}

    def _count(self, scopes: tuple[str, ...]) -> int:
        if scopes not in self._documents:
            conditions: list[edge.ConditionType] = [edge.HasVectorCondition(SPARSE), in_scope(scopes)]
            request = edge.CountRequest(exact=True, filter=edge.Filter(must=conditions))
            self._documents[scopes] = self._shard.count(request)
        return self._documents[scopes]

    def _bound(self) -> None:
        if len(self._by_scope) > _CACHED_SCOPES:
            self._by_scope.clear()
            self._documents.clear()


def _probe_request(term: int, corpus: edge.Filter | None) -> edge.QueryRequest:
    return edge.QueryRequest(
        limit=1,
        query=edge.Query.Nearest(edge.SparseVector([term], [1.0]), using=SPARSE),
        filter=corpus,
        with_vector=[SPARSE],
        with_payload=False,
        params=edge.SearchParams(idf=edge.IdfParams(corpus=corpus)) if corpus else None,
    )


def _weight(point: edge.ScoredPoint, term: int) -> float:
    stored = point.vector[SPARSE] if isinstance(point.vector, dict) else None
    if not isinstance(stored, edge.SparseVector):
        raise TypeError(f"point {point.id} came without its keyword vector")
    return stored.values[stored.indices.index(term)]
