"""/api/v1/tasks/{task_id}: what people decide about a task."""

from __future__ import annotations

from fastapi import APIRouter

from api.command_center.envelope import errors
from api.command_center.schemas.approvals import Approve, Reject
from api.command_center.schemas.people import TaskId
from api.command_center.schemas.tasks import TaskRecord
from api.deps import Manager, RuntimeDep
from identity.types import Principal
from orchestration.approvals.types import Decision
from orchestration.runtime import Runtime

router = APIRouter(prefix="/tasks/{task_id}", tags=["Command center: tasks"])


@router.post(
    "/approve", operation_id="commandCenterTasksApprove", summary="Approve task",
    responses=errors(400, 401, 403, 404, 409, 413, 422, 503),
)  # fmt: skip
def approve_task(task_id: TaskId, principal: Manager, runtime: RuntimeDep, body: Approve | None = None) -> TaskRecord:
    """Administrators only, and no agents. Of a task that is in review: its specialist goes on, knowing that."""
    return _decide(runtime, principal, task_id, (body or Approve()).to_decision())


@router.post(
    "/reject", operation_id="commandCenterTasksReject", summary="Reject with feedback",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def reject_task(task_id: TaskId, body: Reject, principal: Manager, runtime: RuntimeDep) -> TaskRecord:
    """Administrators only, and no agents. Of a task that is in review: it is worked on again with the feedback."""
    return _decide(runtime, principal, task_id, body.to_decision())


def _decide(runtime: Runtime, principal: Principal, task_id: str, decision: Decision) -> TaskRecord:
    with runtime.database.write() as session:
        runtime.teamwork.reviews.decide(session, principal, task_id, decision)
        record = TaskRecord.of(runtime.teamwork.tasks.get(session, principal, task_id))
    runtime.worker.nudge()
    return record
