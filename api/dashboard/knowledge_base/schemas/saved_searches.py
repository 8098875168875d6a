"""Saved searches, as the dashboard sends and lists them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.dashboard.knowledge_base.schemas.search import SearchQuestion
from api.fields import STORABLE, RequestBody, ResponseBody
from retrieval.records.types import NewSavedSearch, SavedSearchView


class SearchToSave(RequestBody):
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
    request: SearchQuestion
    compared_with: SearchQuestion | None = Field(None, description="The other side of a comparison")

    def to_new(self) -> NewSavedSearch:
        sides = [self.request] if self.compared_with is None else [self.request, self.compared_with]
        named = [dataset_id for side in sides for dataset_id in side.dataset_ids]
        return NewSavedSearch(
            name=self.name,
            dataset_ids=list(dict.fromkeys(named)),
            request=_sent(self.request),
            compared_with=None if self.compared_with is None else _sent(self.compared_with),
        )


def _sent(question: SearchQuestion) -> Mapping[str, object]:
    """What was given, without what would be filled in: a default of now should not hold for good."""
    sent: dict[str, object] = question.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return sent


class SavedSearchItem(ResponseBody):
    id: str
    name: str
    saved_by: str | None = Field(description="Told to administrators and to oneself")
    is_mine: bool
    request: Mapping[str, object] = Field(description="As `POST /knowledge-base/search` takes it")
    compared_with: Mapping[str, object] | None
    saved_on: datetime

    @classmethod
    def of(cls, view: SavedSearchView) -> SavedSearchItem:
        return cls(
            id=view.id,
            name=view.name,
            saved_by=view.owner_name,
            is_mine=view.is_mine,
            request=view.request,
            compared_with=view.compared_with,
            saved_on=view.saved_at,
        )


class SavedSearchList(ResponseBody):
    """Newest first."""

    data: list[SavedSearchItem]


class SavedSearchRemoved(ResponseBody):
    deleted: Literal[True] = True
