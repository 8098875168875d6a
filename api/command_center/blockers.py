"""/api/v1/tasks/{task_id}/blockers: what a task waits for a person to say."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.command_center.envelope import errors
from api.command_center.schemas.blockers import BlockerList, BlockerRecord, NewBlocker, Resolution
from api.command_center.schemas.people import IDENTIFIER, TaskId
from api.deps import Reader, RuntimeDep, Writer

router = APIRouter(prefix="/tasks/{task_id}/blockers", tags=["Command center: tasks"])


@router.get(
    "", operation_id="commandCenterTaskBlockersList", summary="List human-required blockers",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_blockers(task_id: TaskId, principal: Reader, runtime: RuntimeDep) -> BlockerList:
    """Oldest first, also those that are resolved."""
    with runtime.database.read() as session:
        found = runtime.teamwork.blockers.list(session, principal, task_id)
    return BlockerList(blockers=[BlockerRecord.of(one) for one in found])


@router.post(
    "", status_code=201, operation_id="commandCenterTaskBlockersCreate", summary="Create blocker",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def create_blocker(task_id: TaskId, body: NewBlocker, principal: Writer, runtime: RuntimeDep) -> BlockerRecord:
    """The task is `blocked` until a person has resolved it."""
    with runtime.database.write() as session:
        view = runtime.teamwork.blockers.add(session, principal, task_id, body.text, person_id=body.person_id)
    return BlockerRecord.of(view)


@router.post(
    "/{blocker_id}/resolve", operation_id="commandCenterTaskBlockersResolve", summary="Resolve blocker",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def resolve_blocker(
    task_id: TaskId,
    blocker_id: Annotated[str, Path(pattern=IDENTIFIER, description="Id of a blocker of that task")],
    principal: Writer,
    runtime: RuntimeDep,
    body: Resolution | None = None,
) -> BlockerRecord:
    """People only. When nothing else blocks the task, it goes on, and knows the answer."""
    answer = None if body is None else body.answer
    with runtime.database.write() as session:
        view = runtime.teamwork.blockers.resolve(session, principal, task_id, blocker_id, answer)
    runtime.worker.nudge()
    return BlockerRecord.of(view)
