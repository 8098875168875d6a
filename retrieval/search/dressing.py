"""What an answer holds beside its passages, where it was asked for: explanations, highlights, sections, citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from identity.types import Principal
from retrieval.filters import described
from retrieval.search.citation import citation_key
from retrieval.search.fusing import ranks_of
from retrieval.search.highlighting import Highlighter
from retrieval.search.looks import Look
from retrieval.search.phrases import phrases_of
from retrieval.search.ports import Surroundings
from retrieval.search.types import (
    Citation,
    Explanation,
    HitExplanation,
    LegExplanation,
    SearchHit,
    SearchRequest,
    SearchResult,
    Section,
)
from retrieval.stores.protocol import VectorStore
from retrieval.types import ChunkExplanation, QueryTerm, Vector


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it went. `fused` are the hits before reranking, best first."""

    principal: Principal
    request: SearchRequest
    dataset_ids: Sequence[str]
    looks: Sequence[Look]
    fused: Sequence[SearchHit]
    pool: int
    reranker: str | None


@dataclass(frozen=True, slots=True)
class _Told:
    """What the engine says of the hits: IDF by word, and each chunk's share of it."""

    terms: Mapping[str, float]
    chunks: Mapping[str, ChunkExplanation]


@dataclass(frozen=True, slots=True)
class Dressing:
    store: VectorStore
    surroundings: Surroundings
    highlighter: Highlighter

    def dressed(self, asked: Asked, result: SearchResult, kept: Sequence[SearchHit]) -> SearchResult:
        """`kept`: all hits that were above minScore, of which the result shows the first."""
        extras = asked.request.extras
        if extras is None:
            return result
        hits = list(result.hits)
        told = self._told(asked, hits) if extras.explanation or extras.highlights else _Told({}, {})
        if extras.explanation:
            hits = self._explained(asked, hits, told)
        if extras.highlights:
            hits = self._highlighted(asked, hits, told)
        if extras.citations:
            hits = self._cited(asked, hits)
        if extras.sections:
            hits = [replace(hit, section=self._section(asked, hit)) for hit in hits]
        explanation = _overall(asked, told, kept) if extras.explanation else None
        return replace(result, hits=hits, explanation=explanation)

    def _told(self, asked: Asked, hits: Sequence[SearchHit]) -> _Told:
        """Where datasets of several collections were searched, a word has the IDF of the first that knows it."""
        terms: dict[str, QueryTerm] = {}
        chunks: dict[str, ChunkExplanation] = {}
        chunk_ids = [chunk_id for hit in hits for chunk_id in (hit.merged or [hit.passage.chunk_id])]
        for look in asked.looks:
            said = self.store.explain(
                look.target.collection,
                vector=None,
                text=asked.request.query,
                where=look.where,
                chunk_ids=chunk_ids,
            )
            terms = {term.word: term for term in said.terms} | terms
            chunks |= said.chunks
        return _Told({word: term.idf for word, term in terms.items()}, chunks)

    def _explained(self, asked: Asked, hits: Sequence[SearchHit], told: _Told) -> list[SearchHit]:
        ranks = _leg_ranks(asked.looks)
        before = {hit.passage.chunk_id: (rank, hit.score) for rank, hit in enumerate(asked.fused, start=1)}
        return [replace(hit, explanation=_of_hit(hit, ranks, before, told)) for hit in hits]

    def _highlighted(self, asked: Asked, hits: Sequence[SearchHit], told: _Told) -> list[SearchHit]:
        made = self.highlighter.highlights(
            asked.request.query,
            _vector_of(asked.looks),
            [hit.passage.content for hit in hits],
            weights=told.terms,
            alpha=asked.looks[0].fusion.alpha if asked.looks else 0.0,
        )
        return [replace(hit, highlights=one) for hit, one in zip(hits, made, strict=True)]

    def _cited(self, asked: Asked, hits: Sequence[SearchHit]) -> list[SearchHit]:
        chunk_ids = [hit.passage.chunk_id for hit in hits]
        places = self.surroundings.places(asked.principal, asked.dataset_ids, chunk_ids)
        cited = []
        for hit in hits:
            passage, place = hit.passage, places.get(hit.passage.chunk_id)
            key = citation_key(file_id=passage.file_id, page=passage.page, content=passage.content)
            cited.append(replace(hit, citation=Citation(key, place.boxes if place else ())))
        return cited

    def _section(self, asked: Asked, hit: SearchHit) -> Section | None:
        return self.surroundings.section(asked.principal, asked.dataset_ids, hit.passage.chunk_id)


def _vector_of(looks: Sequence[Look]) -> tuple[str, Vector] | None:
    """The question's vector with its model's name: one model is enough to compare sentences with each other."""
    return next(((look.target.embedding_model, look.vector) for look in looks if look.vector is not None), None)


def _leg_ranks(looks: Sequence[Look]) -> Mapping[str, tuple[int | None, int | None]]:
    """By chunk, its rank among its own collection's candidates in the vector and in the keyword leg."""
    found: dict[str, tuple[int | None, int | None]] = {}
    for look in looks:
        scores = look.candidates.scores
        vector = ranks_of([one.cosine for one in scores])
        keyword = ranks_of([one.bm25 for one in scores])
        found |= {one.chunk_id: (v, k) for one, v, k in zip(scores, vector, keyword, strict=True)}
    return found


def _of_hit(
    hit: SearchHit,
    ranks: Mapping[str, tuple[int | None, int | None]],
    before: Mapping[str, tuple[int, float]],
    told: _Told,
) -> HitExplanation:
    chunk_id = hit.passage.chunk_id
    vector_rank, keyword_rank = ranks.get(chunk_id, (None, None))
    fused_rank, fused = before[chunk_id]
    said = told.chunks.get(chunk_id)
    return HitExplanation(
        vector=LegExplanation(min(1.0, max(0.0, hit.cosine)), vector_rank, hit.cosine),
        keyword=LegExplanation(hit.keyword, keyword_rank, hit.bm25),
        terms=dict(said.terms) if said else {},
        fused=fused,
        fused_rank=fused_rank,
        reranked=hit.reranked,
        uncalibrated=None if hit.calibrated is None else hit.score,
    )


def _overall(asked: Asked, told: _Told, kept: Sequence[SearchHit]) -> Explanation:
    first = asked.looks[0]
    return Explanation(
        terms=told.terms,
        alpha=first.fusion.alpha,
        fusion=first.fusion.kind,
        pool=asked.pool,
        candidates=sum(len(look.candidates.scores) for look in asked.looks),
        conditions=described(asked.request.where),
        reranked=sum(hit.reranked is not None for hit in kept),
        reranker=asked.reranker if asked.request.rerank else None,
        phrases=phrases_of(asked.request.query),
    )
