"""Many searches in one request."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from api.dashboard.knowledge_base.schemas.search import SearchAnswer, SearchQuestion
from api.fields import RequestBody, ResponseBody

MOST_SEARCHES = 50


class SearchBatch(RequestBody):
    searches: Annotated[list[SearchQuestion], Field(min_length=1, max_length=MOST_SEARCHES)]


class FailedSearch(ResponseBody):
    code: str = Field(description="A stable word for programs, as in the error envelope")
    message: str


class BatchItem(ResponseBody):
    """An answer, or what stood against it."""

    search_id: str | SkipJsonSchema[None] = Field(None, description="Id of the record that is kept of it")
    answer: SearchAnswer | SkipJsonSchema[None] = None
    error: FailedSearch | SkipJsonSchema[None] = None


class SearchBatchAnswer(ResponseBody):
    """In the order of the questions."""

    data: list[BatchItem]
