"""From rows to what callers get."""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.tasks.models import Artifact, Project, Task, TaskBlocker, TaskComment, TaskEvent, TaskRun
from orchestration.tasks.types import (
    Actor,
    ActorKind,
    BlockerState,
    BlockerView,
    CommentKind,
    CommentView,
    EventView,
    Mention,
    OutputView,
    Priority,
    RunState,
    RunView,
    TaskStatus,
    TaskView,
    TextFormat,
)


def task(row: Task, *, project: Project, names: Mapping[str, str]) -> TaskView:
    """`names` of assignees by id."""
    assignee = None
    if row.assignee_kind is not None and row.assignee_id is not None:
        assignee = Actor(ActorKind(row.assignee_kind), row.assignee_id, names.get(row.assignee_id, row.assignee_id))
    return TaskView(
        id=row.id,
        number=row.number or 0,
        title=row.title,
        kind=row.kind,
        status=TaskStatus(row.status),
        priority=Priority(row.priority),
        prompt=row.prompt,
        description=row.description,
        project_id=row.project_id,
        project_name=project.name,
        project_slug=project.slug,
        project_number=project.number or 0,
        parent_id=row.parent_id,
        dataset_id=row.dataset_id,
        assignee=assignee,
        approval_id=row.approval_id,
        wake_reason=row.wake_reason,
        feedback=row.feedback,
        needs_review=row.needs_review,
        output_id=row.output_id,
        tags=row.tags,
        resolution=row.resolution,
        estimated_minutes=row.estimated_minutes,
        max_duration_seconds=row.max_duration_seconds,
        cost_usd=row.cost_usd,
        due_at=row.due_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def run(row: TaskRun) -> RunView:
    return RunView(
        id=row.id,
        number=row.number,
        state=RunState(row.state),
        model=row.model,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cost_usd=row.cost_usd,
        started_at=row.started_at,
        completed_at=row.completed_at,
        error=row.error,
    )


def comment(row: TaskComment) -> CommentView:
    return CommentView(
        id=row.id,
        text=row.text,
        kind=CommentKind(row.kind),
        author=Actor(ActorKind(row.author_kind), row.author_id, row.author_name),
        mentions=[Mention(ActorKind(one["kind"]), one["id"], one["name"]) for one in row.mentions],
        created_at=row.created_at,
    )


def blocker(row: TaskBlocker, people: Mapping[str, str]) -> BlockerView:
    """`people` are names by id."""
    person, resolver = None, None
    if row.person_id is not None:
        person = Actor(ActorKind.HUMAN, row.person_id, people.get(row.person_id, row.person_id))
    if row.resolved_by_kind is not None:
        resolver = Actor(ActorKind(row.resolved_by_kind), row.resolved_by_id or "", row.resolved_by_name or "")
    return BlockerView(
        id=row.id,
        task_id=row.task_id,
        text=row.text,
        state=BlockerState(row.state),
        person=person,
        created_by=Actor(ActorKind(row.created_by_kind), row.created_by_id, row.created_by_name),
        created_at=row.created_at,
        answer=row.answer,
        resolved_by=resolver,
        resolved_at=row.resolved_at,
    )


def output(row: Artifact) -> OutputView:
    return OutputView(row.id, row.text, TextFormat(row.format), row.version, row.created_at)


def event(row: TaskEvent) -> EventView:
    actor = Actor(ActorKind(row.actor_kind), row.actor_id, row.actor_name)
    return EventView(row.number, row.at, row.type, actor, row.data)
