"""A question to ranked passages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

from identity.types import Principal
from kit.errors import Conflict
from retrieval.embedding.protocol import Embedder
from retrieval.filters import SearchScope, compile_filter
from retrieval.search.ports import DatasetDirectory, PassageReader, SearchTarget
from retrieval.search.reranking import DEPTH, Scorer, rerank
from retrieval.search.scoring import Fusion, merged
from retrieval.search.types import SearchHit, SearchRequest, SearchResult
from retrieval.stores.protocol import VectorStore
from retrieval.types import Ranked, Vector


class ModelDiffers(Conflict):
    """Vectors of two models do not compare, so an answer would be wrong without anybody noticing."""

    code = "EMBEDDING_MODEL_DIFFERS"

    def __init__(self, *, dataset_ids: Sequence[str], model: str, present: str) -> None:
        super().__init__(
            f"datasets {', '.join(dataset_ids)} were embedded by {model!r}, and this server runs {present!r}: set "
            f"CAIRN_EMBEDDING_MODEL={model}, or search with hybridAlpha 0, which needs no model"
        )


@dataclass(frozen=True, slots=True)
class Search:
    """`pool` candidates of each leg, whatever topK is, so that topK never reorders the head. `scorer` is None where
    the model offers no second look; `rerank` then changes nothing."""

    directory: DatasetDirectory
    passages: PassageReader
    store: VectorStore
    embedder: Embedder
    scorer: Scorer | None
    pool: int
    rerank_seconds: float

    def search(self, principal: Principal, request: SearchRequest) -> SearchResult:
        """NotFound for the first dataset that is not there for the caller, ModelDiffers, Invalid for the filter."""
        started = perf_counter()
        targets = self.directory.targets(principal, request.dataset_ids)
        vector, embed_seconds = self._embedded(request, targets)
        ranked, engine_seconds = self._ranked(principal, request, targets, vector)
        dataset_ids = [dataset_id for target in targets for dataset_id in target.dataset_ids]
        wanted = max(request.top_k, DEPTH) if self._reranks(request) else request.top_k
        hits = self._shown(principal, dataset_ids, ranked, wanted)
        reranking = perf_counter()
        if self.scorer is not None and self._reranks(request):
            hits = rerank(self.scorer, request.query, hits, seconds=self.rerank_seconds)
        ended = perf_counter()
        return SearchResult(
            hits=[hit for hit in hits if hit.score >= request.min_score][: request.top_k],
            total_ms=(ended - started) * 1000,
            embed_ms=embed_seconds * 1000,
            engine_ms=engine_seconds * 1000,
            rerank_ms=(ended - reranking) * 1000 if self._reranks(request) else 0.0,
        )

    def _reranks(self, request: SearchRequest) -> bool:
        return request.rerank and self.scorer is not None

    def _embedded(self, request: SearchRequest, targets: Sequence[SearchTarget]) -> tuple[Vector | None, float]:
        """None where the vector leg has no weight."""
        if request.alpha == 0:
            return None, 0.0
        present = self.embedder.info.name
        for target in targets:
            if target.embedding_model != present:
                raise ModelDiffers(dataset_ids=target.dataset_ids, model=target.embedding_model, present=present)
        started = perf_counter()
        return self.embedder.embed_query(request.query), perf_counter() - started

    def _ranked(
        self, principal: Principal, request: SearchRequest, targets: Sequence[SearchTarget], vector: Vector | None
    ) -> tuple[Iterator[Ranked], float]:
        fusion = Fusion(request.alpha)
        text = request.query if request.alpha < 1 else None
        rankings: list[Iterator[Ranked]] = []
        seconds = 0.0
        for target in targets:
            where = compile_filter(SearchScope(principal.tenant_id, target.dataset_ids), request.where)
            candidates = self.store.candidates(target.collection, vector=vector, text=text, where=where, pool=self.pool)
            seconds += candidates.engine_seconds
            rankings.append(fusion.rank(candidates))
        return merged(rankings), seconds

    def _shown(
        self, principal: Principal, dataset_ids: Sequence[str], ranked: Iterator[Ranked], wanted: int
    ) -> list[SearchHit]:
        """The first `wanted` that may be shown; the rows have the last word on what may."""
        hits: list[SearchHit] = []
        while len(hits) < wanted and (part := list(islice(ranked, wanted))):
            passages = self.passages.passages(principal, dataset_ids, [one.chunk_id for one in part])
            hits += [
                SearchHit(passages[one.chunk_id], one.score, one.rank_source, one.cosine, one.bm25)
                for one in part
                if one.chunk_id in passages
            ]
        return hits[:wanted]
