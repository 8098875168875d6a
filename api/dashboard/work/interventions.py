"""/dashboard/v1/activities: people who take a hand in what is under way, and what it waits for them to say."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path

from api.dashboard.work.activities import ActivityId
from api.dashboard.work.schemas.activities import ActivitySummary
from api.dashboard.work.schemas.interventions import (
    ActivityBlocker,
    ActivityBlockers,
    ActivityResumed,
    Answer,
    Instructions,
    NewBlocker,
)
from api.deps import Reader, RuntimeDep, Writer
from api.envelope import errors

router = APIRouter(prefix="/activities", tags=["Work: activities"])

BlockerId: TypeAlias = Annotated[str, Path(alias="blockerId", pattern=r"^[!-~]{1,64}$", description="Id of a blocker")]


@router.post(
    "/{activityId}/pause", operation_id="dashboardActivitiesPause", summary="Pause an activity",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def pause_activity(activity_id: ActivityId, principal: Writer, runtime: RuntimeDep) -> ActivitySummary:
    """Administrators, and whoever made it. An agent's turn in hand is let go; those before it are kept. It shows as
    `blocked`."""
    with runtime.database.write() as session:
        runtime.teamwork.interventions.pause(session, principal, activity_id)
        return ActivitySummary.of(runtime.teamwork.tasks.get(session, principal, activity_id))


@router.post(
    "/{activityId}/resume", status_code=202, operation_id="dashboardActivitiesResume", summary="Let an activity go on",
    responses=errors(400, 401, 403, 404, 409, 413, 422, 503),
)  # fmt: skip
def resume_activity(
    activity_id: ActivityId, principal: Writer, runtime: RuntimeDep, body: Instructions | None = None
) -> ActivityResumed:
    """Administrators, and whoever made it. Of one that is paused: an agent's run goes on behind its last turn."""
    instructions = None if body is None else body.instructions
    with runtime.database.write() as session:
        run_id = runtime.teamwork.interventions.resume(session, principal, activity_id, instructions)
    runtime.worker.nudge()
    return ActivityResumed(activity_id=activity_id, run_id=run_id)


@router.post(
    "/{activityId}/cancel", operation_id="dashboardActivitiesCancel", summary="Call an activity off",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def cancel_activity(activity_id: ActivityId, principal: Writer, runtime: RuntimeDep) -> ActivitySummary:
    """Administrators, and whoever made it. An agent's turn in hand is let go, nobody is asked any more, and what it has
    brought stays. It shows as `failed`, and cannot be tried again."""
    with runtime.database.write() as session:
        runtime.teamwork.interventions.cancel(session, principal, activity_id)
        summary = ActivitySummary.of(runtime.teamwork.tasks.get(session, principal, activity_id))
    runtime.worker.nudge()
    return summary


@router.get(
    "/{activityId}/blockers", operation_id="dashboardActivityBlockersList", summary="List what an activity waits for",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_blockers(activity_id: ActivityId, principal: Reader, runtime: RuntimeDep) -> ActivityBlockers:
    """Oldest first, also those that are resolved."""
    with runtime.database.read() as session:
        found = runtime.teamwork.blockers.list(session, principal, activity_id)
    return ActivityBlockers(data=[ActivityBlocker.of(one) for one in found])


@router.post(
    "/{activityId}/blockers", status_code=201, operation_id="dashboardActivityBlockersCreate",
    summary="Say what an activity cannot go on without", responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def add_blocker(activity_id: ActivityId, body: NewBlocker, principal: Writer, runtime: RuntimeDep) -> ActivityBlocker:
    """The activity is `blocked` until a person has resolved it."""
    with runtime.database.write() as session:
        view = runtime.teamwork.blockers.add(session, principal, activity_id, body.text, person_id=body.person_id)
    return ActivityBlocker.of(view)


@router.post(
    "/{activityId}/blockers/{blockerId}/resolve", operation_id="dashboardActivityBlockersResolve",
    summary="Answer what an activity waits for", responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def resolve_blocker(
    activity_id: ActivityId,
    blocker_id: BlockerId,
    principal: Writer,
    runtime: RuntimeDep,
    body: Answer | None = None,
) -> ActivityBlocker:
    """People only. When nothing else blocks the activity, it goes on, and knows the answer."""
    answer = None if body is None else body.answer
    with runtime.database.write() as session:
        view = runtime.teamwork.blockers.resolve(session, principal, activity_id, blocker_id, answer)
    runtime.worker.nudge()
    return ActivityBlocker.of(view)
