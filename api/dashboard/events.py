"""/dashboard/v1/events/stream: what happens in the tenant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.streams import FollowerDep, in_words, stream_responses
from kit.events.types import Happened

router = APIRouter(prefix="/events", tags=["Events"])

_PAUSE_SECONDS = 5.0
_EXAMPLE = (
    "id: 1042\nevent: activity_started\n"
    'data: {"activityId": "01ARZ…", "title": "Writing blog post", "agentRole": "copywriter"}\n\n'
)


@router.get(
    "/stream", operation_id="dashboardEventsStream", summary="Follow what happens", response_class=EventSourceResponse,
    responses=stream_responses(_EXAMPLE, 400, 401, 403, 503),
)  # fmt: skip
async def stream_events(follower: FollowerDep) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events of the tenant: `activity_started`, `activity_completed`, `activity_failed`,
    `approval_created`, `approval_expiring`, `budget_alert`; and of the knowledge base `dataset_created`,
    `dataset_updated`, `dataset_deleted`, `file_updated`, `file_deleted`, `job_updated`, `crawl_updated`, of the
    datasets that the key may see. An event has an `id`; sent back as `Last-Event-ID` it lets the stream go on where it
    was cut. `resync` says that events were missed which are not kept any more: ask for what you show anew. A comment
    keeps the connection open while nothing happens."""
    for event in follower.greeting():
        yield event
    runtime, principal = follower.runtime, follower.principal

    def show(events: Sequence[Happened]) -> Sequence[Happened]:
        with runtime.database.read() as session:
            visible = runtime.datasets.visible(session, principal, {e.dataset_id for e in events if e.dataset_id})
        return [event for event in events if event.dataset_id is None or event.dataset_id in visible]

    async for events in follower.batches(show, pause=_PAUSE_SECONDS):
        for happened in events:
            yield in_words(happened)
