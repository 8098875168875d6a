"""Searches that were made, as the dashboard sends and marks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.dashboard.knowledge_base.schemas.files import Pagination
from api.fields import RequestBody, ResponseBody
from kit.pagination import Page
from retrieval.records.types import Gap, Mark, RecordedResult, RecordView


class RecordedResultItem(ResponseBody):
    chunk_id: str
    file_id: str
    file_name: str
    dataset_id: str
    score: float
    mark: Mark | None

    @classmethod
    def of(cls, result: RecordedResult) -> RecordedResultItem:
        return cls(
            chunk_id=result.chunk_id,
            file_id=result.file_id,
            file_name=result.file_name,
            dataset_id=result.dataset_id,
            score=result.score,
            mark=result.mark,
        )


class SearchRecordItem(ResponseBody):
    """Results are named, not quoted."""

    id: str
    at: datetime
    query: str
    dataset_ids: Sequence[str]
    key_name: str | None = Field(
        description="Null, as are the next two, where somebody else searched and the caller does not manage"
    )
    user_id: str | None
    agent_role: str | None
    request: Mapping[str, object] = Field(description="The options that were sent")
    results: list[RecordedResultItem] = Field(description="As they were shown, best first")
    top_score: float
    search_ms: float
    embed_ms: float
    engine_ms: float
    rerank_ms: float

    @classmethod
    def of(cls, view: RecordView) -> SearchRecordItem:
        return cls(
            id=view.id,
            at=view.at,
            query=view.query,
            dataset_ids=view.dataset_ids,
            key_name=view.key_name,
            user_id=view.user_id,
            agent_role=view.agent_role,
            request=view.request,
            results=[RecordedResultItem.of(result) for result in view.results],
            top_score=view.top_score,
            search_ms=view.total_ms,
            embed_ms=view.embed_ms,
            engine_ms=view.engine_ms,
            rerank_ms=view.rerank_ms,
        )


class SearchRecordPage(ResponseBody):
    """Newest first."""

    data: list[SearchRecordItem]
    pagination: Pagination

    @classmethod
    def of(cls, page: Page[RecordView], *, limit: int) -> SearchRecordPage:
        pagination = Pagination(limit=limit, next_cursor=page.next_cursor, has_more=page.next_cursor is not None)
        return cls(data=[SearchRecordItem.of(view) for view in page.items], pagination=pagination)


class ResultMark(RequestBody):
    chunk_id: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]
    mark: Mark


class SearchGap(ResponseBody):
    query: str = Field(description="As it was asked last")
    times: int
    best_score: float
    last_asked: datetime
    record_id: str
    dataset_ids: Sequence[str]

    @classmethod
    def of(cls, gap: Gap) -> SearchGap:
        return cls(
            query=gap.query,
            times=gap.times,
            best_score=gap.best_score,
            last_asked=gap.last_asked,
            record_id=gap.record_id,
            dataset_ids=gap.dataset_ids,
        )


class SearchGapList(ResponseBody):
    """Most asked first."""

    data: list[SearchGap]
