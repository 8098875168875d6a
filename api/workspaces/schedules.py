"""/workspaces/{id}/schedules: what the workspace's agent is asked again and again."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path

from api.deps import CallerDep, PageDep, RuntimeDep
from api.workspaces.envelope import errors
from api.workspaces.fields import IDENTIFIER, WorkspaceId
from api.workspaces.schemas.schedules import (
    NewSchedule,
    ScheduleDeleted,
    ScheduleHistory,
    ScheduleList,
    SchedulePatch,
    ScheduleRecord,
    ScheduleStarted,
)

router = APIRouter(prefix="/workspaces/{id}/schedules", tags=["Workspaces: schedules"])

ScheduleId: TypeAlias = Annotated[
    str, Path(alias="scheduleId", pattern=IDENTIFIER, description="Id of one of its schedules")
]


@router.get(
    "", operation_id="workspacesSchedulesList", summary="List all schedules for a workspace",
    responses=errors(400, 401, 404, 503),
)  # fmt: skip
def list_schedules(workspace_id: WorkspaceId, principal: CallerDep, runtime: RuntimeDep) -> ScheduleList:
    """Oldest first."""
    with runtime.database.read() as session:
        views = runtime.teamwork.prompts.list(session, principal, workspace_id)
    return ScheduleList(schedules=[ScheduleRecord.of(view) for view in views])


@router.post(
    "", operation_id="workspacesSchedulesCreate", status_code=201, summary="Create a schedule",
    responses=errors(400, 401, 404, 409, 413, 503),
)  # fmt: skip
def create_schedule(
    workspace_id: WorkspaceId, body: NewSchedule, principal: CallerDep, runtime: RuntimeDep
) -> ScheduleRecord:
    """Each time it is due, the workspace's agent gets a task with the prompt; a time at which the workspace is busy is
    skipped, and recorded so. 409 where the workspace has as many schedules as it may."""
    with runtime.database.write() as session:
        return ScheduleRecord.of(runtime.teamwork.prompts.create(session, principal, workspace_id, body.to_prompt()))


@router.patch(
    "/{scheduleId}", operation_id="workspacesSchedulesUpdate", summary="Update a schedule",
    responses=errors(400, 401, 404, 413, 503),
)  # fmt: skip
def update_schedule(
    workspace_id: WorkspaceId, schedule_id: ScheduleId, body: SchedulePatch, principal: CallerDep, runtime: RuntimeDep
) -> ScheduleRecord:
    """What is left out stays. Times that pass while it is not enabled are not made up for."""
    with runtime.database.write() as session:
        change = body.to_change()
        return ScheduleRecord.of(runtime.teamwork.prompts.change(session, principal, workspace_id, schedule_id, change))


@router.delete(
    "/{scheduleId}", operation_id="workspacesSchedulesDelete", summary="Delete a schedule",
    responses=errors(400, 401, 404, 503),
)  # fmt: skip
def delete_schedule(
    workspace_id: WorkspaceId, schedule_id: ScheduleId, principal: CallerDep, runtime: RuntimeDep
) -> ScheduleDeleted:
    """With its history. The tasks that it made stay."""
    with runtime.database.write() as session:
        runtime.teamwork.prompts.delete(session, principal, workspace_id, schedule_id)
    return ScheduleDeleted(id=schedule_id, deleted=True)


@router.post(
    "/{scheduleId}/run", operation_id="workspacesSchedulesRun", status_code=202,
    summary="Manually trigger a schedule immediately", responses=errors(400, 401, 404, 422, 503),
)  # fmt: skip
def run_schedule(
    workspace_id: WorkspaceId, schedule_id: ScheduleId, principal: CallerDep, runtime: RuntimeDep
) -> ScheduleStarted:
    """Whether it is enabled or not, and also while the workspace is busy. 422 where nothing works in the workspace."""
    with runtime.database.write() as session:
        task_id = runtime.teamwork.prompts.run(session, principal, workspace_id, schedule_id)
    runtime.worker.nudge()
    return ScheduleStarted(schedule_id=schedule_id, task_id=task_id)


@router.get(
    "/{scheduleId}/history", operation_id="workspacesSchedulesHistory", summary="List past runs for a schedule",
    responses=errors(400, 401, 404, 503),
)  # fmt: skip
def list_history(
    workspace_id: WorkspaceId, schedule_id: ScheduleId, principal: CallerDep, runtime: RuntimeDep, page: PageDep
) -> ScheduleHistory:
    """Newest first. What is under way is not past: `last_task_id` of the schedule names it."""
    with runtime.database.read() as session:
        found = runtime.teamwork.prompts.history(session, principal, workspace_id, schedule_id, page)
    return ScheduleHistory.of(found)
