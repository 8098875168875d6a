"""/api/v1/public/tasks: the same tasks for programs with a key, in the words of the public API."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session

from api.deps import Reader, RuntimeDep, Writer
from api.fields import STORABLE
from api.platform.envelope import Done, Item, Many, done, errors, many
from api.platform.public_task_records import (
    PRIORITY_OF,
    SHOWN,
    STATUS_OF,
    NewPublicTask,
    ProductNumber,
    PublicRank,
    PublicTask,
    PublicTaskChange,
    PublicWord,
)
from api.platform.task_making import make, slow_down
from api.platform.task_records import MOST, TaskNumber
from api.platform.task_words import in_own_words
from identity.types import Principal
from orchestration.runtime import Runtime
from orchestration.tasks.assignees import ME
from orchestration.tasks.types import NewTask, TaskChange, TaskQuery, TaskStatus, TaskView

router = APIRouter(prefix="/v1/public/tasks", tags=["Platform: public API"])

_Name: TypeAlias = Annotated[str, Query(min_length=1, max_length=320), STORABLE]


class Wanted:
    """The filters as they were sent."""

    def __init__(
        self,
        *,
        status: PublicWord | None = None,
        priority: PublicRank | None = None,
        assigned_to: Annotated[_Name | None, Query(description="A name, or `me`")] = None,
        product_id: Annotated[int | None, Query(ge=1, le=MOST)] = None,
    ) -> None:
        self.status, self.priority, self.assigned_to, self.product_id = status, priority, assigned_to, product_id

    def query(self, session: Session, runtime: Runtime, principal: Principal) -> TaskQuery:
        assignees, whose = runtime.teamwork.assignees, None
        if self.assigned_to == ME:
            whose = [assignees.me(principal, "assigned_to")]
        elif self.assigned_to is not None:
            whose = list(assignees.named(session, principal, self.assigned_to))
        shown = [status for status, word in SHOWN.items() if word is self.status]
        return TaskQuery(
            statuses=None if self.status is None else shown,
            priorities=None if self.priority is None else [PRIORITY_OF[self.priority]],
            assignees=whose,
            project_number=self.product_id,
        )


@router.get("", operation_id="platformPublicTasksList", summary="List tasks", responses=errors(400, 401, 403, 503))
def list_public_tasks(
    principal: Reader,
    runtime: RuntimeDep,
    wanted: Annotated[Wanted, Depends()],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Many[PublicTask]:
    """Newest first, of those that are there for the caller. Needs the scope `knowledge:read`."""
    with runtime.database.read() as session:
        query = wanted.query(session, runtime, principal)
        views, total = runtime.teamwork.numbered.page(session, principal, query, limit=limit, offset=offset)
    return many([PublicTask.of(view) for view in views], limit=limit, offset=offset, total=total)


@router.post(
    "", operation_id="platformPublicTasksCreate", status_code=201, summary="Create a task",
    responses=errors(400, 401, 403, 409, 413, 429, 503),
)  # fmt: skip
def create_public_task(body: NewPublicTask, principal: Writer, runtime: RuntimeDep) -> Item[PublicTask]:
    """Needs the scope `knowledge:write`. Else as at `/api/tasks`."""
    slow_down(runtime, principal)
    with runtime.database.write() as session:
        title = body.title.strip()
        new = NewTask(
            title=title, kind=body.type.value, prompt=body.description or title, description=body.description,
            project_id=_product(runtime, session, principal, body.product_id), priority=PRIORITY_OF[body.priority],
            max_duration_seconds=body.max_duration_seconds,
        )  # fmt: skip
        status = STATUS_OF[body.status]
        view = make(runtime, session, principal, new, assignee=body.assigned_to, field="assigned_to", status=status)
    runtime.worker.nudge()
    return Item(data=PublicTask.of(view))


@router.get(
    "/{id}", operation_id="platformPublicTasksGet", summary="Get a task by ID",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_public_task(number: TaskNumber, principal: Reader, runtime: RuntimeDep) -> Item[PublicTask]:
    with runtime.database.read() as session:
        return Item(data=PublicTask.of(runtime.teamwork.numbered.get(session, principal, number)))


@router.patch(
    "/{id}", operation_id="platformPublicTasksUpdate", summary="Update a task",
    responses=errors(400, 401, 403, 404, 409, 413, 422, 503),
)  # fmt: skip
def update_public_task(
    number: TaskNumber, body: PublicTaskChange, principal: Writer, runtime: RuntimeDep
) -> Item[PublicTask]:
    """For administrators, whoever made the task, and whom it is assigned to. What is left out stays as it is; all of it
    is changed, or nothing."""
    work = runtime.teamwork
    with runtime.database.write() as session:
        view = work.numbered.get(session, principal, number)
        with in_own_words(view.id, number, SHOWN):
            work.steering.change(session, principal, view.id, _change(runtime, session, principal, body, view))
            if body.assigned_to is not None:
                kind, who = work.assignees.one(session, principal, body.assigned_to, "assigned_to")
                work.steering.assign(session, principal, view.id, kind, who)
            present = work.numbered.get(session, principal, number)
            if body.status is not None and SHOWN[present.status] is not body.status:
                work.steering.put(session, principal, view.id, STATUS_OF[body.status])
        view = work.numbered.get(session, principal, number)
    runtime.worker.nudge()
    return Item(data=PublicTask.of(view))


@router.delete(
    "/{id}", operation_id="platformPublicTasksDelete", summary="Archive a task (sets status to cancelled)",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def archive_public_task(number: TaskNumber, principal: Writer, runtime: RuntimeDep) -> Done:
    """For administrators, and for the person who made it. What it has brought stays."""
    work = runtime.teamwork
    with runtime.database.write() as session:
        view = work.numbered.get(session, principal, number)
        with in_own_words(view.id, number, SHOWN):
            if view.status is not TaskStatus.CANCELLED:
                work.interventions.cancel(session, principal, view.id)
    return done("Task archived", id=number, status=PublicWord.CANCELLED.value)


def _change(
    runtime: Runtime, session: Session, principal: Principal, body: PublicTaskChange, view: TaskView
) -> TaskChange:
    """What an agent is asked follows the description, where that is what it was asked before."""
    title = None if body.title is None else body.title.strip()
    prompt = None
    if view.prompt in {view.description, view.title} and (body.description is not None or title is not None):
        description = view.description if body.description is None else body.description
        prompt = description or title or view.title
    return TaskChange(
        title=title,
        description=body.description,
        prompt=prompt,
        kind=None if body.type is None else body.type.value,
        priority=None if body.priority is None else PRIORITY_OF[body.priority],
        project_id=_product(runtime, session, principal, body.product_id),
        resolution=body.resolution,
        max_duration_seconds=body.max_duration_seconds,
    )


def _product(runtime: Runtime, session: Session, principal: Principal, number: ProductNumber | None) -> str | None:
    if number is None:
        return None
    return runtime.teamwork.numbered.project_numbered(session, principal, number, "product_id")
