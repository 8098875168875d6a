"""What an answer to a search holds beside its passages, where it was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from api.fields import ResponseBody
from retrieval.search import types as found
from retrieval.search.fusion import FusionKind


class SearchTerm(ResponseBody):
    word: str = Field(description="As the question writes it")
    weight: float


class LegPart(ResponseBody):
    score: float = Field(
        ge=0,
        description="Before it is weighed by hybridAlpha: the cosine, or BM25 over what an average passage with every "
        "word once has, which a passage can exceed",
    )
    raw: float = Field(description="The engine's own number: a cosine, or BM25")
    rank: int | SkipJsonSchema[None] = Field(
        None, description="Among the candidates, from 1; left out where this leg does not find the passage"
    )


class ResultExplanation(ResponseBody):
    """How a result came by its score."""

    vector: LegPart
    keyword: LegPart
    terms: list[SearchTerm] = Field(description="What each word of the question adds to BM25, most first")
    fused_score: float = Field(description="Of both legs, before reranking")
    fused_rank: int
    rerank_score: float | SkipJsonSchema[None] = Field(
        None, description="Of the second look alone; left out where there was none"
    )
    uncalibrated_score: float | SkipJsonSchema[None] = Field(
        None, description="The score before it was calibrated; left out where the datasets are not"
    )

    @classmethod
    def of(cls, explained: found.HitExplanation) -> ResultExplanation:
        return cls(
            vector=_leg(explained.vector),
            keyword=_leg(explained.keyword),
            terms=_terms(explained.terms),
            fused_score=explained.fused,
            fused_rank=explained.fused_rank,
            rerank_score=explained.reranked,
            uncalibrated_score=explained.uncalibrated,
        )


class Timings(ResponseBody):
    """In milliseconds."""

    embed: float
    engine: float
    rerank: float


class SearchExplanation(ResponseBody):
    """How an answer came about."""

    terms: list[SearchTerm] = Field(
        description="The question's words with their IDF: how rare each is in what is searched"
    )
    hybrid_alpha: float
    fusion: FusionKind
    pool: int = Field(description="Candidates taken from each leg")
    candidates: int = Field(description="Passages that were scored on both legs")
    filters: Sequence[str] = Field(description="The conditions, in words")
    phrases: Sequence[str] = Field(description="Quoted parts of the question that every result holds")
    rerank_depth: int = Field(description="Results that the second look had time for")
    reranker: str | SkipJsonSchema[None] = Field(None, description="What took the second look")
    timings: Timings

    @classmethod
    def of(cls, explained: found.Explanation, result: found.SearchResult) -> SearchExplanation:
        return cls(
            terms=_terms(explained.terms),
            hybrid_alpha=explained.alpha,
            fusion=explained.fusion,
            pool=explained.pool,
            candidates=explained.candidates,
            filters=explained.conditions,
            phrases=explained.phrases,
            rerank_depth=explained.reranked,
            reranker=explained.reranker,
            timings=Timings(
                embed=round(result.embed_ms, 2), engine=round(result.engine_ms, 2), rerank=round(result.rerank_ms, 2)
            ),
        )


class TextSpan(ResponseBody):
    """Characters (Unicode code points) `start` to `end` of `content`, the end not included."""

    start: int
    end: int


class ResultHighlights(ResponseBody):
    words: list[TextSpan] = Field(description="Words of the question, in whatever form the passage has them")
    sentence: TextSpan | SkipJsonSchema[None] = Field(None, description="The sentence that fits the question best")

    @classmethod
    def of(cls, marked: found.Highlights) -> ResultHighlights:
        sentence = marked.sentence
        return cls(
            words=[TextSpan(start=span.start, end=span.end) for span in marked.words],
            sentence=None if sentence is None else TextSpan(start=sentence.start, end=sentence.end),
        )


class ResultSection(ResponseBody):
    """The part of the file that the passage stands in."""

    heading_path: Sequence[str]
    content: str
    chunk_ids: Sequence[str]
    truncated: bool = Field(description="The section is longer than what is shown")

    @classmethod
    def of(cls, section: found.Section) -> ResultSection:
        return cls(
            heading_path=section.heading_path,
            content=section.content,
            chunk_ids=section.chunk_ids,
            truncated=section.cut,
        )


class PageBox(ResponseBody):
    """In points, from the page's upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, box: found.Box) -> PageBox:
        return cls(page=box.page, left=box.left, top=box.top, right=box.right, bottom=box.bottom)


class ResultCitation(ResponseBody):
    key: str = Field(description="Finds the passage again, also after its file was built anew")
    link: str = Field(description="Path that tells where the cited passage is now")
    boxes: list[PageBox] = Field(description="Where it stands on its pages; empty where the file has none")

    @classmethod
    def of(cls, cited: found.Citation) -> ResultCitation:
        return cls(key=cited.key, link=citation_link(cited.key), boxes=[PageBox.of(box) for box in cited.boxes])


def citation_link(key: str) -> str:
    return f"/dashboard/v1/knowledge-base/citations/{key}"


def _leg(leg: found.LegExplanation) -> LegPart:
    return LegPart(score=leg.score, rank=leg.rank, raw=leg.raw)


def _terms(weights: Mapping[str, float]) -> list[SearchTerm]:
    ordered = sorted(weights.items(), key=lambda pair: -pair[1])
    return [SearchTerm(word=word, weight=round(weight, 4)) for word, weight in ordered]
