"""Jobs as the dashboard shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from api.dashboard.knowledge_base.schemas.files import Pagination
from api.fields import ResponseBody
from ingest.work.types import JobView
from kit.jobs.types import JobState
from kit.pagination import Page


class JobRecord(ResponseBody):
    id: str
    kind: str = Field(examples=["file.parse", "file.embed", "dataset.remove"])
    queue: str
    state: JobState = Field(
        description="`failed`: ended for a reason that trying again would not change; `dead`: tried as often as allowed"
    )
    dataset_id: str | None
    subject_id: str = Field(description="Id of what the work is about: a file, a dataset, a crawl")
    subject_name: str | None
    stage: str | None = Field(description="What `done` and `total` count")
    done: int | None
    total: int | None
    attempt: int
    max_attempts: int
    interruptions: int = Field(description="Workers that died over it since it last got further")
    error: str | None
    created_on: datetime
    due_on: datetime = Field(description="Not before this it is taken up")
    started_on: datetime | None
    finished_on: datetime | None

    @classmethod
    def of(cls, view: JobView) -> JobRecord:
        return cls(
            id=view.id,
            kind=view.kind,
            queue=view.queue,
            state=view.state,
            dataset_id=view.dataset_id,
            subject_id=view.subject_id,
            subject_name=view.subject_name,
            stage=view.stage,
            done=view.done,
            total=view.total,
            attempt=view.attempt,
            max_attempts=view.max_attempts,
            interruptions=view.interruptions,
            error=view.error,
            created_on=view.created_at,
            due_on=view.due_at,
            started_on=view.started_at,
            finished_on=view.finished_at,
        )


class JobPage(ResponseBody):
    data: Sequence[JobRecord]
    pagination: Pagination

    @classmethod
    def of(cls, page: Page[JobView], *, limit: int) -> JobPage:
        pagination = Pagination(limit=limit, next_cursor=page.next_cursor, has_more=page.next_cursor is not None)
        return cls(data=[JobRecord.of(item) for item in page.items], pagination=pagination)


class JobDropped(ResponseBody):
    model_config = ConfigDict(json_schema_extra={"example": {"deleted": True}})

    deleted: Literal[True] = True


class JobsTouched(ResponseBody):
    jobs: int = Field(description="How many builds this was done to")
