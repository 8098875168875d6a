"""/api/v1/tasks: what people and specialists work on. Making one completes what is documented."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Query

from api.command_center.envelope import errors
from api.command_center.schemas.new_tasks import NewTaskBody
from api.command_center.schemas.people import TaskId
from api.command_center.schemas.statuses import ShownStatus, statuses_shown_as
from api.command_center.schemas.tasks import TaskDetailRecord, TaskEventList, TaskEventRecord, TaskList, TaskRecord
from api.deps import PageDep, Reader, RuntimeDep, Writer
from api.fields import STORABLE
from orchestration.tasks.types import TaskQuery

router = APIRouter(prefix="/tasks", tags=["Command center: tasks"])

_Word: TypeAlias = Annotated[str, Query(max_length=64), STORABLE]


async def _query(
    status: ShownStatus | None = None, project_id: _Word | None = None, specialist: _Word | None = None
) -> TaskQuery:
    statuses = None if status is None else statuses_shown_as(status)
    return TaskQuery(statuses=statuses, agent_role=specialist, project_id=project_id)


@router.get(
    "", operation_id="commandCenterTasksList", summary="List tasks", responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_tasks(
    principal: Reader, runtime: RuntimeDep, page: PageDep, query: Annotated[TaskQuery, Depends(_query)]
) -> TaskList:
    """Newest first."""
    with runtime.database.read() as session:
        return TaskList.of(runtime.teamwork.tasks.list(session, principal, query, page))


@router.post(
    "", status_code=201, operation_id="commandCenterTasksCreate", summary="Give somebody something to do",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def create_task(body: NewTaskBody, principal: Writer, runtime: RuntimeDep) -> TaskRecord:
    """A specialist that is run here begins at once; another's task waits for it."""
    with runtime.database.write() as session:
        view = runtime.teamwork.tasks.create(session, principal, body.to_task())
    runtime.worker.nudge()
    return TaskRecord.of(view)


@router.get(
    "/{task_id}", operation_id="commandCenterTasksGet", summary="Task detail",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_task(task_id: TaskId, principal: Reader, runtime: RuntimeDep) -> TaskDetailRecord:
    """Its status is that of the whole task: it may be in review, paused or failed while artifacts are there."""
    with runtime.database.read() as session:
        detail = runtime.teamwork.tasks.detail(session, principal, task_id)
        artifacts = runtime.teamwork.tasks.versions(session, principal, task_id)
        related = runtime.teamwork.follow_ups.of(session, principal, task_id)
    return TaskDetailRecord.whole(detail, artifacts, related)


@router.get(
    "/{task_id}/events", operation_id="commandCenterTasksEvents", summary="Timeline / activity feed",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_events(task_id: TaskId, principal: Reader, runtime: RuntimeDep) -> TaskEventList:
    """Oldest first."""
    with runtime.database.read() as session:
        found = runtime.teamwork.tasks.timeline(session, principal, task_id)
    return TaskEventList(events=[TaskEventRecord.of(view) for view in found])
