"""/api/v1/tasks/{task_id}/comments: what is said about a task."""

from __future__ import annotations

from fastapi import APIRouter

from api.command_center.envelope import errors
from api.command_center.schemas.comments import CommentAdded, CommentRecord, NewComment
from api.command_center.schemas.people import TaskId
from api.deps import RuntimeDep, Writer

router = APIRouter(prefix="/tasks/{task_id}/comments", tags=["Command center: tasks"])


@router.post(
    "", status_code=201, operation_id="commandCenterTaskCommentsCreate",
    summary="Add discussion; optional linked follow-up task", responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def add_comment(task_id: TaskId, body: NewComment, principal: Writer, runtime: RuntimeDep) -> CommentAdded:
    """Both are there, or neither."""
    made = None
    with runtime.database.write() as session:
        view = runtime.teamwork.comments.add(session, principal, task_id, body.text, body.type)
        if body.follow_up is not None:
            follow_up = body.follow_up.to_follow_up()
            made = runtime.teamwork.follow_ups.add(session, principal, task_id, follow_up).id
    if made is not None:
        runtime.worker.nudge()
    return CommentAdded(comment=CommentRecord.of(view), follow_up_task_id=made)
