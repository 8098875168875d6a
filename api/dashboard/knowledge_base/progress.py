"""/dashboard/v1/knowledge-base/datasets/{datasetId}/progress: how far the work on a dataset is, once or live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from api.dashboard.knowledge_base.schemas.progress import WorkProgress
from api.deps import DatasetId, Reader, RuntimeDep
from api.envelope import errors
from api.streams import FollowerDep, in_words, stream_responses, unnumbered
from identity.types import Principal
from ingest.datasets.errors import DatasetNotFound
from kit.events.types import Happened
from orchestration.runtime import Runtime

router = APIRouter(prefix="/datasets/{datasetId}", tags=["Knowledge base: progress"])

_PAUSE_SECONDS = 1.0
_EXAMPLE = (
    "id: 1042\nevent: file_updated\n"
    'data: {"datasetId": "01K…", "fileId": "01K…", "fileName": "a.pdf", "status": "embedding", "progress": 42.5}\n\n'
    'event: progress\ndata: {"datasetId": "01K…", "stage": "embedding", "done": 12, "total": 40, "rate": 31.2}\n\n'
)


def _progress(runtime: Runtime, principal: Principal, dataset_id: str) -> WorkProgress:
    with runtime.database.read() as session:
        return WorkProgress.of(runtime.datasets.progress(session, principal, dataset_id))


def _first(dataset_id: DatasetId, principal: Reader, runtime: RuntimeDep) -> WorkProgress:
    """Before the stream begins, while there can still be another status than 200."""
    return _progress(runtime, principal, dataset_id)


First: TypeAlias = Annotated[WorkProgress, Depends(_first)]


@router.get(
    "/progress", operation_id="dashboardKbDatasetsProgress", summary="See how far the work on a dataset is",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_progress(dataset_id: DatasetId, principal: Reader, runtime: RuntimeDep) -> WorkProgress:
    return _progress(runtime, principal, dataset_id)


@router.get(
    "/events/stream", operation_id="dashboardKbDatasetsStream", summary="Follow the work on a dataset",
    response_class=EventSourceResponse, responses=stream_responses(_EXAMPLE, 400, 401, 403, 404, 503),
)  # fmt: skip
async def stream_dataset(dataset_id: DatasetId, first: First, follower: FollowerDep) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events of one dataset, as in `/dashboard/v1/events/stream`, and besides them `progress` at the start,
    after changes and while work goes on: stage, done, total, rate and ETA as `GET …/progress` gives them. `progress`
    has no `id`: it tells of a state. The stream ends with the dataset."""
    for event in follower.greeting():
        yield event
    shown = first
    yield unnumbered("progress", shown.model_dump(mode="json", by_alias=True))

    def is_about(event: Happened) -> bool:
        return event.dataset_id == dataset_id

    async for events in follower.batches(is_about, pause=_PAUSE_SECONDS):
        for happened in events:
            yield in_words(happened)
        if not events and shown.is_idle:
            continue
        try:
            progress = await run_in_threadpool(_progress, follower.runtime, follower.principal, dataset_id)
        except DatasetNotFound:
            return
        if progress != shown:
            yield unnumbered("progress", progress.model_dump(mode="json", by_alias=True))
        shown = progress
