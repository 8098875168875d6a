"""/dashboard/v1/events/stream: what happens in the tenant."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.streams import FollowerDep, in_words, stream_responses
from api.visible import visible_events
from kit.events.types import Happened
from orchestration.chat.events import MESSAGE_UPDATED
from orchestration.tasks.events import TEXT_DELTA

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
    """Server-sent events of the tenant: `activity_started`, `activity_updated`, `activity_completed`,
    `activity_failed`, `approval_created`, `approval_expiring`, `approval_resolved`, `budget_alert`; and of the
    knowledge base `dataset_created`, `dataset_updated`, `dataset_deleted`, `file_updated`, `file_deleted`,
    `job_updated`, `crawl_updated`; each to whom what it tells of is there for. An event has an `id`; sent back as
    `Last-Event-ID` it lets the stream go on where it was cut. `resync` says that events were missed which are not kept
    any more: ask for what you show anew. A comment keeps the connection open while nothing happens."""
    for event in follower.greeting():
        yield event
    async for events in follower.batches(_is_told, visible_events, pause=_PAUSE_SECONDS):
        for happened in events:
            yield in_words(happened)


def _is_told(event: Happened) -> bool:
    """What a run says while it says it is for who watches that activity, and what is said in a conversation for who has
    it."""
    return event.type not in {TEXT_DELTA, MESSAGE_UPDATED}
