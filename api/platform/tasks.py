"""/api/tasks: what people and agents work on, by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session

from api.deps import Manager, Reader, RuntimeDep, Writer
from api.fields import STORABLE
from api.platform.envelope import Done, Item, Many, done, errors, many
from api.platform.task_making import make, slow_down
from api.platform.task_records import NewTaskBody, PlatformTask, PlatformTaskDetail, TaskNumber
from api.platform.task_words import SHOWN, WRITTEN, TaskWord, in_own_words, priorities_of, priority_of, statuses_of
from identity.types import Principal
from kit.errors import Detail, Invalid
from orchestration.runtime import Runtime
from orchestration.tasks.assignees import ME
from orchestration.tasks.types import NewTask, TaskQuery, TaskStatus

router = APIRouter(prefix="/tasks", tags=["Platform: tasks"])

MOST_WORDS = 10
_Words: TypeAlias = Annotated[str, Query(min_length=1, max_length=200), STORABLE]
_Name: TypeAlias = Annotated[str, Query(min_length=1, max_length=320), STORABLE]


class Wanted:
    """The filters as they were sent."""

    def __init__(
        self,
        *,
        status: Annotated[_Words | None, Query(description="Comma-separated: todo, in_progress, review, …")] = None,
        q: Annotated[_Words | None, Query(description="Words that all stand in what the task says")] = None,
        assignee: Annotated[_Name | None, Query(description="A name, or `me`")] = None,
        product: Annotated[_Words | None, Query(description="Slug of a product")] = None,
        priority: Annotated[_Words | None, Query(description="Comma-separated: P0, P1, P2, P3")] = None,
        following: Annotated[
            Literal["true", "false"], Query(alias="next", description="Only the assignee's most urgent task to do")
        ] = "false",
    ) -> None:
        self.status, self.q, self.assignee = status, q, assignee
        self.product, self.priority, self.is_next = product, priority, following == "true"

    def query(self, session: Session, runtime: Runtime, principal: Principal) -> TaskQuery:
        assignees, words = runtime.teamwork.assignees, (self.q or "").split()
        if len(words) > MOST_WORDS:
            raise Invalid(
                f"q has {len(words)} words; send {MOST_WORDS} at most",
                details=[Detail("q", f"should have at most {MOST_WORDS} words")],
            )
        whose = None
        if self.assignee == ME:
            whose = [assignees.me(principal, "assignee")]
        elif self.assignee is not None:
            whose = list(assignees.named(session, principal, self.assignee))
        elif self.is_next:
            raise Invalid("next needs an assignee", details=[Detail("assignee", "is required beside next")])
        return TaskQuery(
            statuses=self._statuses(),
            priorities=None if self.priority is None else priorities_of(self.priority),
            assignees=whose,
            project_slug=self.product,
            words=words,
        )

    def _statuses(self) -> Sequence[TaskStatus] | None:
        wanted = None if self.status is None else statuses_of(self.status)
        if not self.is_next:
            return wanted
        todo = statuses_of(TaskWord.TODO)
        return todo if wanted is None else [status for status in todo if status in wanted]


@router.get("", operation_id="platformTasksList", summary="List tasks", responses=errors(400, 401, 403, 503))
def list_tasks(
    principal: Reader,
    runtime: RuntimeDep,
    wanted: Annotated[Wanted, Depends()],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Many[PlatformTask]:
    """Newest first, of those that are there for the caller. With `next`, one at most: the most urgent, and of these the
    oldest."""
    if wanted.is_next:
        limit, offset = 1, 0
    with runtime.database.read() as session:
        query = wanted.query(session, runtime, principal)
        views, total = runtime.teamwork.numbered.page(
            session, principal, query, limit=limit, offset=offset, urgent=wanted.is_next
        )
    return many([PlatformTask.of(view) for view in views], limit=limit, offset=offset, total=total)


@router.post(
    "", operation_id="platformTasksCreate", status_code=201, summary="Create a task",
    responses=errors(400, 401, 403, 404, 409, 413, 429, 503),
)  # fmt: skip
def create_task(body: NewTaskBody, principal: Writer, runtime: RuntimeDep) -> Item[PlatformTask]:
    """An agent that is run here begins at once. An open task that says the same, for the same assignee in the same
    product, is given back instead of another like it."""
    slow_down(runtime, principal)
    work, status = runtime.teamwork, WRITTEN[body.status]
    with runtime.database.write() as session:
        project_id = None
        if body.product_slug is not None:
            project_id = work.numbered.project_of(session, principal, body.product_slug, "product_slug")
        title = body.title.strip()
        new = NewTask(
            title=title, kind=body.category, prompt=body.description or title, description=body.description,
            project_id=project_id, dataset_id=body.dataset_id, priority=priority_of(body.priority), tags=body.tags,
            estimated_minutes=body.estimated_minutes, due_at=body.due_date,
        )  # fmt: skip
        view = make(runtime, session, principal, new, assignee=body.assignee, field="assignee", status=status)
    runtime.worker.nudge()
    return Item(data=PlatformTask.of(view))


@router.get(
    "/{id}", operation_id="platformTasksGet", summary="Get a single task", responses=errors(400, 401, 403, 404, 503)
)
def get_task(number: TaskNumber, principal: Reader, runtime: RuntimeDep) -> Item[PlatformTaskDetail]:
    """With what blocks it, what it waits for and what waits for it."""
    work = runtime.teamwork
    with runtime.database.read() as session:
        view = work.numbered.get(session, principal, number)
        standing = work.numbered.standing(session, principal, view.id)
        blockers = work.blockers.list(session, principal, view.id)
    return Item(data=PlatformTaskDetail.whole(view, standing, blockers))


@router.delete(
    "/{id}", operation_id="platformTasksDelete", summary="Delete a task",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def delete_task(number: TaskNumber, principal: Manager, runtime: RuntimeDep) -> Done:
    """For good, with its subtasks, runs, comments and what it has brought; for administrators. An agent that is at it
    writes nothing any more. To call a task off and keep what there is, see the public API."""
    work = runtime.teamwork
    with runtime.database.write() as session:
        task_id = work.numbered.id_of(session, principal, number)
        with in_own_words(task_id, number, SHOWN):
            work.removal.delete(session, principal, task_id)
    runtime.worker.nudge()
    return done("Task deleted", id=number)
