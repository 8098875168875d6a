"""/api/v1/tasks/{task_id}: people who take a hand in what is under way."""

from __future__ import annotations

from fastapi import APIRouter

from api.command_center.envelope import errors
from api.command_center.schemas.blockers import Instructions
from api.command_center.schemas.people import TaskId
from api.command_center.schemas.tasks import TaskRecord
from api.deps import RuntimeDep, Writer
from identity.types import Principal
from orchestration.runtime import Runtime

router = APIRouter(prefix="/tasks/{task_id}", tags=["Command center: tasks"])


@router.post(
    "/pause", operation_id="commandCenterTasksPause", summary="Pause task",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def pause_task(task_id: TaskId, principal: Writer, runtime: RuntimeDep) -> TaskRecord:
    """Administrators, and whoever made it. A specialist's turn in hand is let go; those before it are kept."""
    with runtime.database.write() as session:
        runtime.teamwork.interventions.pause(session, principal, task_id)
        return TaskRecord.of(runtime.teamwork.tasks.get(session, principal, task_id))


@router.post(
    "/resume", operation_id="commandCenterTasksResume", summary="Resume a paused task",
    responses=errors(400, 401, 403, 404, 409, 422, 503),
)  # fmt: skip
def resume_task(task_id: TaskId, principal: Writer, runtime: RuntimeDep) -> TaskRecord:
    """Administrators, and whoever made it. A specialist goes on behind its last turn."""
    return _resume(runtime, principal, task_id, None)


@router.post(
    "/resume-with-instructions", operation_id="commandCenterTasksResumeWithInstructions",
    summary="Resume a paused task with updated context", responses=errors(400, 401, 403, 404, 409, 413, 422, 503),
)  # fmt: skip
def resume_task_with_instructions(
    task_id: TaskId, body: Instructions, principal: Writer, runtime: RuntimeDep
) -> TaskRecord:
    """As `resume`: the specialist hears the instructions before its next turn, and in every later run of the task."""
    return _resume(runtime, principal, task_id, body.instructions)


@router.post(
    "/close", operation_id="commandCenterTasksClose", summary="Close task without deleting history",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def close_task(task_id: TaskId, principal: Writer, runtime: RuntimeDep) -> TaskRecord:
    """Administrators, and whoever made it. For good: nobody is asked any more what it waited for, and what it has
    brought stays."""
    with runtime.database.write() as session:
        runtime.teamwork.interventions.cancel(session, principal, task_id)
        record = TaskRecord.of(runtime.teamwork.tasks.get(session, principal, task_id))
    runtime.worker.nudge()
    return record


def _resume(runtime: Runtime, principal: Principal, task_id: str, instructions: str | None) -> TaskRecord:
    with runtime.database.write() as session:
        runtime.teamwork.interventions.resume(session, principal, task_id, instructions)
        record = TaskRecord.of(runtime.teamwork.tasks.get(session, principal, task_id))
    runtime.worker.nudge()
    return record
