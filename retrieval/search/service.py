"""A question to ranked passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from time import perf_counter

from identity.audit.acts import note_read
from identity.quotas import Quotas
from identity.types import Principal
from kit.errors import Conflict
from retrieval.embedding.models import Models
from retrieval.filters import SearchScope, compile_filter
from retrieval.search.calibrating import as_shown, calibrated, strengths
from retrieval.search.calibration import Strength
from retrieval.search.diversity import diversified
from retrieval.search.dressing import Asked, Dressing
from retrieval.search.limits import MOST_LOOKED_THROUGH
from retrieval.search.looks import Look, dataset_ids_of, fusion_for
from retrieval.search.neighbours import merged_neighbours
from retrieval.search.phrases import POOL as PHRASE_POOL
from retrieval.search.phrases import holds, phrases_of
from retrieval.search.ports import DatasetDirectory, PassageReader, SearchTarget
from retrieval.search.query_vectors import QueryVectors
from retrieval.search.reranking import DEPTH, Scorer, rerank
from retrieval.search.scoring import Fusion, merged
from retrieval.search.types import Passage, SearchHit, SearchRequest, SearchResult
from retrieval.stores.protocol import VectorStore
from retrieval.types import Ranked, Vector


class ModelDiffers(Conflict):
    """Vectors of two models do not compare, so an answer would be wrong without anybody noticing."""

    code = "EMBEDDING_MODEL_DIFFERS"

    def __init__(self, *, dataset_ids: Sequence[str], model: str, present: Sequence[str]) -> None:
        super().__init__(
            f"datasets {', '.join(dataset_ids)} were embedded by {model!r}, and this server has {', '.join(present)}: "
            f"set CAIRN_EMBEDDING_MODEL={model} or add it to CAIRN_EMBEDDING_MODELS, or search with hybridAlpha 0, "
            "which needs no model"
        )


@dataclass(frozen=True, slots=True)
class Search:
    """`pool` candidates of each leg, whatever topK is, so that topK never reorders the head. `scorer` is None where
    the model offers no second look; `rerank` then changes nothing. `dressing` makes what is asked for beside the
    passages; `vectors` remembers questions."""

    directory: DatasetDirectory
    passages: PassageReader
    store: VectorStore
    models: Models
    scorer: Scorer | None
    pool: int
    rerank_seconds: float
    dressing: Dressing | None = None
    vectors: QueryVectors | None = None
    quotas: Quotas | None = None

    def search(self, principal: Principal, request: SearchRequest) -> SearchResult:
        """NotFound for the first dataset that is not there for the caller, ModelDiffers, Invalid for the filter,
        QuotaExceeded for the tenant's searches of the day."""
        started = perf_counter()
        targets = self.directory.targets(principal, request.dataset_ids)
        self.spend(principal)
        vectors, embed_seconds = self.embedded(request, targets)
        looks = self.looks(principal, request, targets, vectors)
        dataset_ids = dataset_ids_of(targets)
        fused = self.shown(principal, dataset_ids, looks, request)
        reranking = perf_counter()
        hits = self.reranked(request, fused)
        reranked = perf_counter()
        hits = [hit for hit in calibrated(looks, hits) if hit.shown_score >= request.min_score]
        if request.diversity or request.merge_neighbours:
            hits = self.arranged(principal, request, dataset_ids, looks, hits)
        result = SearchResult(
            hits=hits[: request.top_k],
            total_ms=0.0,
            embed_ms=embed_seconds * 1000,
            engine_ms=sum(look.candidates.engine_seconds for look in looks) * 1000,
            rerank_ms=(reranked - reranking) * 1000 if self._reranks(request) else 0.0,
        )
        if request.extras is not None and self.dressing is not None:
            asked = Asked(principal, request, dataset_ids, looks, fused, self.pool_of(request), self._scorer_name)
            result = self.dressing.dressed(asked, result, hits)
        result = replace(result, hits=[as_shown(hit) for hit in result.hits])
        files = list(dict.fromkeys(hit.passage.file_id for hit in result.hits))
        note_read("search", result.id, datasets=list(dataset_ids), files=files)
        return replace(result, total_ms=(perf_counter() - started) * 1000)

    def spend(self, principal: Principal) -> None:
        """Counts a search against the tenant's quota. QuotaExceeded where none is left."""
        if self.quotas is not None:
            self.quotas.spend_search(principal)

    def embedded(self, request: SearchRequest, targets: Sequence[SearchTarget]) -> tuple[Mapping[str, Vector], float]:
        """The question's vectors by model, and the seconds they took. Empty where the vector leg has no weight."""
        if all(fusion_for(request, target).alpha == 0 for target in targets):
            return {}, 0.0
        for target in targets:
            if not self.models.has(target.embedding_model):
                raise ModelDiffers(
                    dataset_ids=target.dataset_ids, model=target.embedding_model, present=self.models.names
                )
        started = perf_counter()
        names = dict.fromkeys(target.embedding_model for target in targets)
        made = {name: self._vector(name, request.query) for name in names}
        return made, perf_counter() - started

    def _vector(self, model: str, query: str) -> Vector:
        return self.vectors.of(model, query) if self.vectors else self.models.of(model).embed_query(query)

    def looks(
        self,
        principal: Principal,
        request: SearchRequest,
        targets: Sequence[SearchTarget],
        vectors: Mapping[str, Vector],
    ) -> Sequence[Look]:
        looks = []
        pool = self.pool_of(request)
        for target in targets:
            fusion = fusion_for(request, target)
            where = compile_filter(SearchScope(principal.tenant_id, target.dataset_ids), request.where)
            vector = vectors.get(target.embedding_model) if fusion.alpha > 0 else None
            candidates = self.store.candidates(
                target.collection,
                vector=vector,
                text=request.query if fusion.alpha < 1 else None,
                where=where,
                pool=pool,
            )
            looks.append(Look(target, where, fusion, candidates, vector))
        return looks

    def shown(
        self, principal: Principal, dataset_ids: Sequence[str], looks: Sequence[Look], request: SearchRequest
    ) -> list[SearchHit]:
        """As many of the best as are looked through and may be shown; the rows have the last word on what may."""
        ranked, wanted = merged([look.ranked() for look in looks]), self._wanted(request)
        phrases = phrases_of(request.query)
        hits: list[SearchHit] = []
        while len(hits) < wanted and (part := list(islice(ranked, wanted))):
            found = self._read(principal, dataset_ids, part)
            hits += [hit for hit in found if holds(hit.passage.content, phrases)] if phrases else found
        return hits[:wanted]

    def orders(
        self, principal: Principal, request: SearchRequest, fusions: Sequence[Fusion | None], *, depth: int
    ) -> list[list[Passage]]:
        """The passages that each way of fusing would show first, for one call of the engine. None: the dataset's own
        way. Nothing is reranked, and neither `top_k` nor `min_score` counts."""
        both = replace(request, alpha=0.5)
        targets = self.directory.targets(principal, request.dataset_ids)
        vectors, _ = self.embedded(both, targets)
        looks = self.looks(principal, both, targets, vectors)
        chunk_ids = [one.chunk_id for look in looks for one in look.candidates.scores]
        passages = self.passages.passages(principal, dataset_ids_of(targets), chunk_ids)
        orders = []
        for fusion in fusions:
            ways = [fusion or fusion_for(request, look.target) for look in looks]
            ranked = merged([way.rank(look.candidates) for way, look in zip(ways, looks, strict=True)])
            shown = (passages[one.chunk_id] for one in ranked if one.chunk_id in passages)
            orders.append(list(islice(shown, depth)))
        return orders

    def strengths(self, principal: Principal, request: SearchRequest) -> list[tuple[Passage, Strength]]:
        """The `top_k` best passages with what their scores are calibrated by, whatever calibration there is."""
        targets = self.directory.targets(principal, request.dataset_ids)
        vectors, _ = self.embedded(request, targets)
        looks = self.looks(principal, request, targets, vectors)
        hits = self.reranked(request, self.shown(principal, dataset_ids_of(targets), looks, request))
        found = zip(hits, strengths(looks, hits), strict=True)
        return [(hit.passage, strength) for hit, strength in islice(found, request.top_k)]

    def reranked(self, request: SearchRequest, hits: list[SearchHit]) -> list[SearchHit]:
        if self.scorer is None or not request.rerank:
            return hits
        return rerank(self.scorer, request.query, hits, seconds=self.rerank_seconds)

    def arranged(
        self,
        principal: Principal,
        request: SearchRequest,
        dataset_ids: Sequence[str],
        looks: Sequence[Look],
        hits: list[SearchHit],
    ) -> list[SearchHit]:
        """Neighbours made one, then the rest made different, as asked for."""
        if request.merge_neighbours and self.dressing is not None:
            chunk_ids = [hit.passage.chunk_id for hit in hits]
            hits = merged_neighbours(hits, self.dressing.surroundings.places(principal, dataset_ids, chunk_ids))
        if request.diversity:
            vectors: dict[str, Vector] = {}
            chunk_ids = [hit.passage.chunk_id for hit in hits]
            for look in looks:
                found = self.store.vectors(look.target.collection, where=look.where, chunk_ids=chunk_ids)
                vectors |= {chunk_id: windows[0] for chunk_id, windows in found.items()}
            hits = diversified(hits, vectors, diversity=request.diversity)
        return hits

    def _read(self, principal: Principal, dataset_ids: Sequence[str], part: Sequence[Ranked]) -> list[SearchHit]:
        passages = self.passages.passages(principal, dataset_ids, [one.chunk_id for one in part])
        return [
            SearchHit(passages[one.chunk_id], one.score, one.rank_source, one.cosine, one.bm25, one.keyword)
            for one in part
            if one.chunk_id in passages
        ]

    def _wanted(self, request: SearchRequest) -> int:
        if request.diversity or request.merge_neighbours:
            return MOST_LOOKED_THROUGH
        return max(request.top_k, DEPTH) if self._reranks(request) else request.top_k

    def _reranks(self, request: SearchRequest) -> bool:
        return request.rerank and self.scorer is not None

    def pool_of(self, request: SearchRequest) -> int:
        return max(self.pool, PHRASE_POOL) if phrases_of(request.query) else self.pool

    @property
    def _scorer_name(self) -> str | None:
        return None if self.scorer is None else self.scorer.name
