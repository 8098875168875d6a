"""The question why a search did not bring something, and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from api.dashboard.knowledge_base.schemas.search import Identifier, SearchQuestion
from api.dashboard.knowledge_base.schemas.search_extras import SearchTerm
from api.fields import STORABLE, ResponseBody
from retrieval.search.whereabouts import Subject
from retrieval.search.why_not import Cause, Leg, Standing, Verdict


class WhyNotQuestion(SearchQuestion):
    """The search as it was asked, and exactly one of `chunkId`, `fileId` and `url`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "query": "How long is the notice period?",
                "datasetIds": ["01KAV5W4F6Q8D1F0T8A9Z6Q2MC"],
                "fileId": "01KAV5W4F6Q8D1F0T8A9Z6Q2MD",
            }
        }
    )

    chunk_id: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")] | None = None
    file_id: Identifier | None = None
    url: Annotated[str, Field(min_length=1, max_length=4000), STORABLE] | None = Field(
        None, description="Address of a page that was crawled"
    )

    @model_validator(mode="after")
    def _one_subject(self) -> WhyNotQuestion:
        if sum(one is not None for one in (self.chunk_id, self.file_id, self.url)) != 1:
            raise ValueError("exactly one of chunkId, fileId and url is needed")
        return self

    def to_subject(self) -> Subject:
        return Subject(chunk_id=self.chunk_id, file_id=self.file_id, url=self.url)


class LegStanding(ResponseBody):
    score: float = Field(ge=0, description="Before it is weighed by hybridAlpha")
    rank: int | None = Field(description="Among all that the filters admit; null where this leg does not find it")

    @classmethod
    def of(cls, standing: Standing | None) -> LegStanding | None:
        return None if standing is None else cls(score=standing.score, rank=standing.rank)


class WhyNotAnswer(ResponseBody):
    """What the search did not get to is null. Of a file, the passage that came nearest is told of."""

    cause: Cause = Field(description="The first gate that it did not pass")
    reasons: Sequence[str] = Field(description="The same in words")
    file_id: str | None
    file_name: str | None
    dataset_id: str | None
    chunk_id: str | None
    vector: LegStanding | None
    keyword: LegStanding | None
    terms: list[SearchTerm] = Field(description="What each word of the question adds to its BM25")
    rank: int | None = Field(description="Its place in the end, had topK been unlimited")
    score: float | None
    needed_score: float | None = Field(description="What it would have had to score")
    leg: Leg | None = Field(description="The leg in which it lost most to the last result shown")
    pool: int | None = Field(description="Candidates taken from each leg")

    @classmethod
    def of(cls, verdict: Verdict) -> WhyNotAnswer:
        return cls(
            cause=verdict.cause,
            reasons=verdict.reasons,
            file_id=verdict.file_id,
            file_name=verdict.file_name,
            dataset_id=verdict.dataset_id,
            chunk_id=verdict.chunk_id,
            vector=LegStanding.of(verdict.vector),
            keyword=LegStanding.of(verdict.keyword),
            terms=[SearchTerm(word=word, weight=round(part, 4)) for word, part in verdict.terms.items()],
            rank=verdict.rank,
            score=verdict.score,
            needed_score=verdict.needed,
            leg=verdict.leg,
            pool=verdict.pool,
        )
