"""From a query to conditions on tasks."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, false, or_, select

from orchestration.tasks.models import Project, Task
from orchestration.tasks.types import ActorKind, TaskQuery


def matching(query: TaskQuery) -> Iterator[ColumnElement[bool]]:
    """Who may see a task is not among them: see orchestration.tasks.sight."""
    if query.statuses is not None:
        yield Task.status.in_(query.statuses)
    if query.agent_role is not None:
        yield and_(Task.assignee_kind == ActorKind.AGENT, Task.assignee_id == query.agent_role)
    if query.wake_reason is not None:
        yield Task.wake_reason == query.wake_reason
    if query.priorities is not None:
        yield Task.priority.in_(query.priorities)
    if query.assignees is not None:
        given = [and_(Task.assignee_kind == kind, Task.assignee_id == who) for kind, who in query.assignees]
        yield or_(false(), *given)
    for word in query.words:
        yield or_(*(column.icontains(word, autoescape=True) for column in (Task.title, Task.description, Task.prompt)))
    yield from _in_project(query)


def _in_project(query: TaskQuery) -> Iterator[ColumnElement[bool]]:
    if query.project_id is not None:
        yield Task.project_id == query.project_id
    of_tenant = select(Project.id).where(Project.tenant_id == Task.tenant_id)
    if query.project_slug is not None:
        yield Task.project_id.in_(of_tenant.where(Project.slug == query.project_slug))
    if query.project_number is not None:
        yield Task.project_id.in_(of_tenant.where(Project.number == query.project_number))
