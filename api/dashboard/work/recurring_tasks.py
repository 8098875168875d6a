"""/dashboard/v1/recurring-tasks: what is asked for again and again."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path

from api.dashboard.work.schemas.recurring_tasks import (
    NewRecurring,
    Recurring,
    RecurringList,
    RecurringPatch,
    RecurringStarted,
)
from api.deps import Manager, Reader, RuntimeDep, Writer
from api.envelope import errors

router = APIRouter(prefix="/recurring-tasks", tags=["Work: recurring tasks"])

RecurringId: TypeAlias = Annotated[
    str, Path(alias="taskId", pattern=r"^[!-~]{1,64}$", description="Id of a recurring task")
]


@router.get(
    "", operation_id="dashboardRecurringTasksList", summary="List recurring tasks",
    responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_recurring(principal: Reader, runtime: RuntimeDep) -> RecurringList:
    """Newest first, all of them."""
    with runtime.database.read() as session:
        found = runtime.teamwork.recurring.list(session, principal)
    return RecurringList(data=[Recurring.of(view) for view in found])


@router.post(
    "", status_code=201, operation_id="dashboardRecurringTasksCreate", summary="Ask for something again and again",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def create_recurring(body: NewRecurring, principal: Manager, runtime: RuntimeDep) -> Recurring:
    """Each time it is due, an activity is made, unless that of the last time is still open."""
    with runtime.database.write() as session:
        return Recurring.of(runtime.teamwork.recurring.create(session, principal, body.to_recurring()))


@router.patch(
    "/{taskId}", operation_id="dashboardRecurringTasksUpdate", summary="Switch a recurring task, or set its values",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def update_recurring(
    recurring_id: RecurringId, body: RecurringPatch, principal: Writer, runtime: RuntimeDep
) -> Recurring:
    """Times that pass while it is not active are not made up for."""
    with runtime.database.write() as session:
        return Recurring.of(runtime.teamwork.recurring.change(session, principal, recurring_id, body.to_change()))


@router.post(
    "/{taskId}/run", status_code=202, operation_id="dashboardRecurringTasksRun", summary="Have it done now",
    responses=errors(400, 401, 403, 404, 422, 503),
)  # fmt: skip
def run_recurring(recurring_id: RecurringId, principal: Writer, runtime: RuntimeDep) -> RecurringStarted:
    """Whether it is active or not. 422 where a value that is required is missing."""
    with runtime.database.write() as session:
        activity_id = runtime.teamwork.recurring.run(session, principal, recurring_id)
    runtime.worker.nudge()
    return RecurringStarted(activity_id=activity_id)


@router.delete(
    "/{taskId}", status_code=204, operation_id="dashboardRecurringTasksDelete", summary="Ask for it no more",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def delete_recurring(recurring_id: RecurringId, principal: Manager, runtime: RuntimeDep) -> None:
    """What it made stays."""
    with runtime.database.write() as session:
        runtime.teamwork.recurring.delete(session, principal, recurring_id)
