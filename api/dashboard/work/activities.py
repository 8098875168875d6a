"""/dashboard/v1/activities: what people and agents work on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Path, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from api.dashboard.work.schemas.activities import Activity, ActivityOutput, ActivityPage, ActivitySummary
from api.dashboard.work.schemas.comments import ActivityComment, ActivityComments, NewComment
from api.dashboard.work.schemas.new_activities import ActivityRetried, NewActivity
from api.dashboard.work.schemas.statuses import SHOWN, ShownStatus, statuses_shown_as
from api.deps import Manager, PageDep, Reader, RuntimeDep, Writer
from api.envelope import errors
from api.fields import STORABLE
from api.streams import FollowerDep, stream_responses, unnumbered
from kit.events.types import Happened
from orchestration.runs.story import Line, Story
from orchestration.tasks.types import TaskQuery, TaskStatus

router = APIRouter(prefix="/activities", tags=["Work: activities"])

ActivityId: TypeAlias = Annotated[
    str, Path(alias="activityId", pattern=r"^[!-~]{1,64}$", description="Id of an activity")
]
_Word: TypeAlias = Annotated[str, Query(max_length=64), STORABLE]

_PAUSE_SECONDS = 5.0
_EXAMPLE = (
    'event: text_delta\ndata: {"delta": "Based on the handbook…", "activityId": "01ARZ…"}\n\n'
    'event: completed\ndata: {"status": "done", "activityId": "01ARZ…"}\n\n'
)


async def _query(
    status: Annotated[ShownStatus | None, Query(alias="filter[status]")] = None,
    role: Annotated[_Word | None, Query(alias="filter[agentRole]")] = None,
    campaign: Annotated[_Word | None, Query(alias="filter[campaignId]")] = None,
    deliverable: Annotated[
        _Word | None, Query(alias="filter[deliverableId]", description="No activity is part of a deliverable yet")
    ] = None,
    reason: Annotated[_Word | None, Query(alias="filter[wakeReason]")] = None,
) -> TaskQuery:
    statuses = None if status is None else statuses_shown_as(status)
    return TaskQuery(
        statuses=statuses if deliverable is None else (),
        agent_role=role,
        project_id=campaign,
        wake_reason=reason,
    )


QueryDep: TypeAlias = Annotated[TaskQuery, Depends(_query)]


@router.get(
    "", operation_id="dashboardActivitiesList", summary="List activities", responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_activities(principal: Reader, runtime: RuntimeDep, page: PageDep, query: QueryDep) -> ActivityPage:
    """Newest first."""
    with runtime.database.read() as session:
        found = runtime.teamwork.tasks.list(session, principal, query, page)
    return ActivityPage.of(found, limit=page.limit)


@router.post(
    "", status_code=201, operation_id="dashboardActivitiesCreate", summary="Give somebody something to do",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def create_activity(body: NewActivity, principal: Writer, runtime: RuntimeDep) -> ActivitySummary:
    """An agent that is run here (`GET …/agents` says which are) begins at once. Another's waits for that agent."""
    with runtime.database.write() as session:
        view = runtime.teamwork.tasks.create(session, principal, body.to_task())
    runtime.worker.nudge()
    return ActivitySummary.of(view)


@router.get(
    "/{activityId}", operation_id="dashboardActivitiesGet", summary="Get an activity with its runs and comments",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_activity(activity_id: ActivityId, principal: Reader, runtime: RuntimeDep) -> Activity:
    with runtime.database.read() as session:
        detail = runtime.teamwork.tasks.detail(session, principal, activity_id)
        approval = runtime.teamwork.approvals.find(session, principal, detail.task.approval_id)
    return Activity.of(detail, approval)


@router.get(
    "/{activityId}/output", operation_id="dashboardActivitiesOutput", summary="Get what an activity has brought",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_output(activity_id: ActivityId, principal: Reader, runtime: RuntimeDep) -> ActivityOutput:
    """The newest version."""
    with runtime.database.read() as session:
        return ActivityOutput.of(activity_id, runtime.teamwork.tasks.output(session, principal, activity_id))


@router.post(
    "/{activityId}/retry", status_code=202, operation_id="dashboardActivitiesRetry", summary="Try an activity again",
    responses=errors(400, 401, 403, 404, 422, 503),
)  # fmt: skip
def retry_activity(activity_id: ActivityId, principal: Manager, runtime: RuntimeDep) -> ActivityRetried:
    """Administrators only. Of an agent's activity that has failed, while its campaign is active."""
    with runtime.database.write() as session:
        run_id = runtime.teamwork.tasks.retry(session, principal, activity_id)
    runtime.worker.nudge()
    return ActivityRetried(activity_id=activity_id, run_id=run_id)


@router.get(
    "/{activityId}/comments", operation_id="dashboardActivityCommentsList", summary="List comments, oldest first",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_comments(activity_id: ActivityId, principal: Reader, runtime: RuntimeDep) -> ActivityComments:
    with runtime.database.read() as session:
        found = runtime.teamwork.comments.list(session, principal, activity_id)
    return ActivityComments(data=[ActivityComment.of(one) for one in found])


@router.post(
    "/{activityId}/comments", status_code=201, operation_id="dashboardActivityCommentsCreate",
    summary="Say something about an activity", responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def add_comment(activity_id: ActivityId, body: NewComment, principal: Writer, runtime: RuntimeDep) -> ActivityComment:
    with runtime.database.write() as session:
        view = runtime.teamwork.comments.add(session, principal, activity_id, body.text, body.type)
    return ActivityComment.of(view)


def _story(activity_id: ActivityId, principal: Reader, runtime: RuntimeDep) -> Story:
    return runtime.teamwork.story(principal, activity_id)


@router.get(
    "/{activityId}/stream", operation_id="dashboardActivitiesStream", summary="Watch an activity being worked on",
    response_class=EventSourceResponse, responses=stream_responses(_EXAMPLE, 400, 401, 403, 404, 503),
)  # fmt: skip
async def stream_activity(
    follower: FollowerDep, story: Annotated[Story, Depends(_story)]
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events of the present run, from its beginning: `text_delta`, `tool_call`, `tool_result`, and at its
    end `completed`, with the activity's status (`done`, or what it waits for, such as `awaiting_approval`), or `error`.
    Then the stream ends. Results of tools name passages by their citations. An activity that was not begun yet is
    waited for."""
    yield ServerSentEvent(comment="connected")
    about = partial(_is_about, story.topic)
    is_first = True
    async for events in follower.batches(about, pause=_PAUSE_SECONDS):
        if events or is_first:
            for line in await run_in_threadpool(story.next, events):
                yield unnumbered(line.kind.value, _shown(line))
        is_first = False
        if story.is_over:
            return


def _is_about(topic: str, event: Happened) -> bool:
    return event.topic == topic


def _shown(line: Line) -> dict[str, object]:
    status = line.data.get("status")
    return {**line.data, "status": SHOWN[TaskStatus(str(status))]} if status else {**line.data}
