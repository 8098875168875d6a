"""Changes of a dataset's embedding model as the dashboard sends and receives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from api.fields import RequestBody, ResponseBody
from ingest.datasets.types import ChangeState
from ingest.model_changes.types import ModelChangeView, ModelView, SwitchPolicy


class EmbeddingModel(ResponseBody):
    name: str
    vector_size: int
    is_default: bool = Field(description="The one of new datasets")


class EmbeddingModelList(ResponseBody):
    data: list[EmbeddingModel]

    @classmethod
    def of(cls, views: Sequence[ModelView]) -> EmbeddingModelList:
        return cls(
            data=[
                EmbeddingModel(name=one.name, vector_size=one.vector_size, is_default=one.is_default) for one in views
            ]
        )


class ModelChangeCreation(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"embeddingModel": "all-MiniLM-L6-v2"}})

    embedding_model: str = Field(min_length=1, max_length=400, description="One of `/embedding-models`")
    switch_policy: SwitchPolicy = Field(
        SwitchPolicy.UNLESS_WORSE,
        description="When searches go over: `always` as soon as all is embedded, `unless_worse` unless the dataset's "
        "golden questions say that it got worse, `by_hand` when asked to",
    )


class ModelChangeRecord(ResponseBody):
    id: str
    dataset_id: str
    state: ChangeState = Field(description="`ready`: complete, and waits for a person to switch or to cancel")
    switch_policy: SwitchPolicy
    old_model: str
    new_model: str
    chunks_done: int
    chunks_total: int
    comparison: Mapping[str, Any] | None = Field(
        description="What golden questions say before and after; null where there are none, or not yet"
    )
    kept_until: datetime | None = Field(description="Until then going back needs no more than what changed since")
    error: str | None
    job_id: str | None = Field(description="The job that is at it; its progress is on the event stream")
    created_by: str
    created_on: datetime
    switched_on: datetime | None
    ended_on: datetime | None

    @classmethod
    def of(cls, view: ModelChangeView) -> ModelChangeRecord:
        return cls(
            id=view.id,
            dataset_id=view.dataset_id,
            state=view.state,
            switch_policy=view.policy,
            old_model=view.old_model,
            new_model=view.new_model,
            chunks_done=view.chunks_done,
            chunks_total=view.chunks_total,
            comparison=view.comparison,
            kept_until=view.kept_until,
            error=view.error,
            job_id=view.job_id,
            created_by=view.created_by,
            created_on=view.created_at,
            switched_on=view.switched_at,
            ended_on=view.ended_at,
        )


class ModelChangeList(ResponseBody):
    data: list[ModelChangeRecord]
