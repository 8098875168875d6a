"""/api/v1/ws/events/{task_id}: what happens to one task, over a web socket."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, WebSocket
from starlette.concurrency import run_in_threadpool

from api.audit import act_of
from api.auth import POLICY_VIOLATION, principal_of, socket_token
from api.command_center.schemas.statuses import SHOWN
from api.command_center.schemas.tasks import in_snake_case
from api.command_center.sockets import GOING_AWAY, either
from api.streams import RESYNC, Follower
from api.visible import visible_events
from identity.audit.trail import Deed
from identity.types import Scope
from kit.errors import NotFound
from kit.events.types import Happened
from orchestration.runtime import Runtime
from orchestration.tasks.events import (
    ACTIVITY_COMPLETED,
    ACTIVITY_FAILED,
    ACTIVITY_STARTED,
    ACTIVITY_UPDATED,
    TEXT_DELTA,
    topic_of,
)
from orchestration.tasks.types import TaskStatus

router = APIRouter(prefix="/ws/events")

CONNECTED = "connected"
_PAUSE_SECONDS = 5.0
_NAMES = {
    ACTIVITY_STARTED: "task.started",
    ACTIVITY_UPDATED: "task.updated",
    ACTIVITY_COMPLETED: "task.completed",
    ACTIVITY_FAILED: "task.failed",
    TEXT_DELTA: "text_delta",
}
_WORDS = {"agentRole": "specialist", "campaignId": "project_id"}


@router.websocket("/{task_id}")
async def follow_task(socket: WebSocket, task_id: str) -> None:
    """Frames are `{"id", "event", "task_id", "data"}`. The first is `connected`, with the task's present status; then
    comes all that happens after it: `task.started`, `task.updated`, `task.completed`, `task.failed`, and `text_delta`
    while a run's model speaks. `last_event_id` in the query lets it go on behind a frame that was seen; `resync` says
    that some were missed which are not kept any more."""
    runtime: Runtime = socket.app.state.runtime
    principal = principal_of(socket.scope)
    last_event_id = socket.query_params.get("last_event_id")
    follower = Follower.of(socket.app, socket_token(socket.scope), principal, last_event_id)
    status = await run_in_threadpool(_begin, follower, task_id)
    if status is None:
        await socket.close(POLICY_VIOLATION)
        return
    act = act_of(socket.scope, principal)
    runtime.reads.put([Deed(act, runtime.clock.now(), "read", "task", task_id, {"route": "ws/events"})])
    await socket.accept()
    await either(_send(socket, follower, task_id, status), _left(socket))


def _begin(follower: Follower, task_id: str) -> TaskStatus | None:
    """The task's status, for a caller who may see it; None for others. What happens from here on is not missed."""
    if not follower.principal.may(Scope.READ):
        return None
    follower.start()
    try:
        with follower.runtime.database.read() as session:
            return follower.runtime.teamwork.tasks.get(session, follower.principal, task_id).status
    except NotFound:
        return None


async def _send(socket: WebSocket, follower: Follower, task_id: str, status: TaskStatus) -> None:
    """A frame goes out when the one before has: for a client that is slow nothing is kept but its place."""
    await socket.send_json(_frame(follower.cursor, CONNECTED, task_id, {"status": SHOWN[status].value}))
    if follower.has_gap:
        await socket.send_json(_frame(follower.cursor, RESYNC, task_id, {}))
    async for events in follower.batches(partial(_is_about, topic_of(task_id)), visible_events, pause=_PAUSE_SECONDS):
        for event in events:
            await socket.send_json(_frame(event.id, _NAMES[event.type], task_id, _data(event)))
    await socket.close(GOING_AWAY if follower.runtime.feed.is_closed else POLICY_VIOLATION)


async def _left(socket: WebSocket) -> None:
    """Until the client has gone. What it says is not listened to."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def _is_about(topic: str, event: Happened) -> bool:
    return event.topic == topic and event.type in _NAMES


def _frame(number: int, event: str, task_id: str, data: dict[str, object]) -> dict[str, object]:
    return {"id": number, "event": event, "task_id": task_id, "data": data}


def _data(event: Happened) -> dict[str, object]:
    data: dict[str, object] = {
        _WORDS.get(name, in_snake_case(name)): value for name, value in event.data.items() if name != "activityId"
    }
    if "status" in data:
        data["status"] = SHOWN[TaskStatus(str(data["status"]))].value
    return data
