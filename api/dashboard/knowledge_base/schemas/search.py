"""A search as the dashboard asks it and is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from api.dashboard.knowledge_base.schemas.search_extras import (
    ResultCitation,
    ResultExplanation,
    ResultHighlights,
    ResultSection,
    SearchExplanation,
)
from api.fields import NO_COERCION, STORABLE, Flag, RequestBody, ResponseBody, Since, Until
from api.label_conditions import LabelCondition, LabelName, LabelValue
from ingest.files.types import FileSource
from kit.instructions import flags_of
from retrieval.filters import SearchFilter
from retrieval.search.fusion import FusionKind
from retrieval.search.limits import DEFAULT_ALPHA, DEFAULT_TOP_K, MAX_TOP_K
from retrieval.search.types import (
    Extras,
    SearchHit,
    SearchRequest,
    SearchResult,
)
from retrieval.types import DateRange, RankSource, Without

_MOST_CHARACTERS = 8000
_MOST_IDS = 1000

Identifier: TypeAlias = Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


LabelValues: TypeAlias = Annotated[
    list[LabelValue],
    Field(max_length=100),
    BeforeValidator(_as_list),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": 500},
                {"type": "array", "items": {"type": "string", "maxLength": 500}, "maxItems": 100},
            ]
        }
    ),
]


class Exclusions(RequestBody):
    """What keeps a passage out: any one of these."""

    file_ids: Annotated[list[Identifier], Field(max_length=_MOST_IDS)] = Field(default_factory=list)
    sources: Annotated[list[FileSource], Field(max_length=20)] = Field(default_factory=list)
    metadata: Annotated[Mapping[LabelName, LabelValues], Field(max_length=50)] = Field(default_factory=dict)

    def to_without(self) -> Without:
        return Without(self.file_ids, [source.value for source in self.sources], self.metadata)


class SearchConditions(RequestBody):
    """Within a condition any value fits, between conditions all must. What is left out is no condition."""

    file_ids: Annotated[list[Identifier], Field(max_length=_MOST_IDS)] | None = None
    sources: Annotated[list[FileSource], Field(max_length=20)] | None = None
    metadata: Annotated[Mapping[LabelName, LabelValues], Field(max_length=50)] = Field(
        default_factory=dict, description="Labels of the file: a value, or a list of which any fits"
    )
    published_after: Since | None = Field(None, description="A time, or a date; that moment or day is included")
    published_before: Until | None = Field(None, description="A time, or a date; that moment or day is included")
    exclude: Exclusions = Exclusions()
    where: LabelCondition | None = Field(
        None, description="What else holds of the file's labels: values, presence, ranges, and all, any and not of them"
    )

    def to_filter(self) -> SearchFilter:
        dated = self.published_after is not None or self.published_before is not None
        return SearchFilter(
            file_ids=self.file_ids,
            sources=None if self.sources is None else [source.value for source in self.sources],
            labels=self.metadata,
            published=DateRange(since=self.published_after, until=self.published_before) if dated else None,
            without=self.exclude.to_without(),
            condition=None if self.where is None else self.where.to_condition(),
        )


class Inclusion(StrEnum):
    HIGHLIGHTS = "highlights"
    SECTION = "section"
    CITATION = "citation"


class SearchQuestion(RequestBody):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "query": "How long is the notice period?",
                "datasetIds": ["01KAV5W4F6Q8D1F0T8A9Z6Q2MC"],
                "topK": 5,
                "hybridAlpha": 0.7,
                "filter": {"metadata": {"language": ["en", "de"]}, "publishedAfter": "2025-01-01"},
            }
        }
    )

    query: Annotated[str, Field(min_length=1, max_length=_MOST_CHARACTERS, pattern=r"\S"), STORABLE]
    dataset_ids: Annotated[list[Identifier], Field(min_length=1, max_length=_MOST_IDS)]
    top_k: Annotated[int, Field(ge=1, le=MAX_TOP_K), NO_COERCION] = DEFAULT_TOP_K
    hybrid_alpha: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), NO_COERCION] = Field(
        DEFAULT_ALPHA,
        description="Weight of meaning against words: 0 keyword only, 1 vector only. Left out, a dataset's own setting "
        "counts",
    )
    min_score: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), NO_COERCION] = Field(
        0.0, description="Least final score of a result"
    )
    rerank: Flag = Field(False, description="Let a second model order the best results: slower, more accurate")
    filter: SearchConditions = SearchConditions()
    fusion: FusionKind | None = Field(
        None, description="How the two legs become one order. Left out: the dataset's own, or `weighted`"
    )
    diversity: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), NO_COERCION] = Field(
        0.0, description="How much a result should differ from those before it; scores then no longer fall steadily"
    )
    merge_neighbours: Flag = Field(False, description="One result of passages that follow each other in a file")
    explain: Flag = Field(False, description="Say how every score came about")
    include: Annotated[set[Inclusion], Field(max_length=3)] = Field(
        default_factory=set, description="What each result is to hold beside its passage"
    )

    def to_request(self) -> SearchRequest:
        return SearchRequest(
            query=self.query,
            dataset_ids=tuple(self.dataset_ids),
            top_k=self.top_k,
            alpha=self.hybrid_alpha if "hybrid_alpha" in self.model_fields_set else None,
            min_score=self.min_score,
            rerank=self.rerank,
            where=self.filter.to_filter(),
            fusion=self.fusion,
            diversity=self.diversity,
            merge_neighbours=self.merge_neighbours,
            extras=self._extras() if self.explain or self.include else None,
        )

    def _extras(self) -> Extras:
        return Extras(
            explanation=self.explain,
            highlights=Inclusion.HIGHLIGHTS in self.include,
            sections=Inclusion.SECTION in self.include,
            citations=Inclusion.CITATION in self.include,
        )


class PassageMetadata(ResponseBody):
    """Fields that do not apply are left out."""

    page_number: int | SkipJsonSchema[None] = Field(None, description="Page, slide or sheet, from 1")
    heading: str | SkipJsonSchema[None] = Field(None, description="The nearest heading above the passage")
    url: str | SkipJsonSchema[None] = None
    published_at: str | SkipJsonSchema[None] = None


class SearchResultItem(ResponseBody):
    chunk_id: str
    file_id: str
    file_name: str
    dataset_id: str
    content: str
    score: float = Field(ge=0, le=1)
    rank_source: RankSource = Field(description="The leg that the score is owed to")
    metadata: PassageMetadata
    flags: Sequence[str] | SkipJsonSchema[None] = Field(
        None,
        description="What a reader should know of the text: `reads_like_instructions` where it speaks to an assistant. "
        "It is content all the same; absent where there is nothing to say",
    )
    merged_chunk_ids: Sequence[str] | SkipJsonSchema[None] = Field(
        None, description="The chunks that were made one, in the file's order; only with `mergeNeighbours`"
    )
    explanation: ResultExplanation | SkipJsonSchema[None] = Field(None, description="Only with `explain`")
    highlights: ResultHighlights | SkipJsonSchema[None] = Field(None, description="Only if included")
    section: ResultSection | SkipJsonSchema[None] = Field(None, description="Only if included")
    citation: ResultCitation | SkipJsonSchema[None] = Field(None, description="Only if included")

    @classmethod
    def of(cls, hit: SearchHit) -> SearchResultItem:
        passage = hit.passage
        return cls(
            chunk_id=passage.chunk_id,
            file_id=passage.file_id,
            file_name=passage.file_name,
            dataset_id=passage.dataset_id,
            content=passage.content,
            score=hit.score,
            rank_source=hit.rank_source,
            metadata=PassageMetadata(
                page_number=passage.page,
                heading=passage.heading_path[-1] if passage.heading_path else None,
                url=passage.url,
                published_at=passage.published_at,
            ),
            flags=flags_of(passage.content) or None,
            merged_chunk_ids=hit.merged or None,
            explanation=None if hit.explanation is None else ResultExplanation.of(hit.explanation),
            highlights=None if hit.highlights is None else ResultHighlights.of(hit.highlights),
            section=None if hit.section is None else ResultSection.of(hit.section),
            citation=None if hit.citation is None else ResultCitation.of(hit.citation),
        )


class SearchAnswer(ResponseBody):
    """Best first."""

    results: list[SearchResultItem]
    search_ms: float = Field(description="Time of the whole search in milliseconds")
    explanation: SearchExplanation | SkipJsonSchema[None] = Field(None, description="Only with `explain`")

    @classmethod
    def of(cls, result: SearchResult) -> SearchAnswer:
        explained = result.explanation
        return cls(
            results=[SearchResultItem.of(hit) for hit in result.hits],
            search_ms=round(result.total_ms, 2),
            explanation=None if explained is None else SearchExplanation.of(explained, result),
        )
