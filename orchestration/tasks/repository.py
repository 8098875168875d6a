"""Rows of tasks and what hangs on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.models import User
from kit.clock import Clock
from kit.ids import new_id
from orchestration.tasks.errors import ProjectIsNotThere, TaskIsNotThere
from orchestration.tasks.matching import matching
from orchestration.tasks.models import Artifact, Project, Task, TaskBlocker, TaskComment, TaskEvent, TaskLink, TaskRun
from orchestration.tasks.numbers import Numbered, next_number
from orchestration.tasks.sight import Sight
from orchestration.tasks.types import OPEN_RUNS, LinkKind, ProjectStatus, TaskQuery

GENERAL = "general"


def get(session: Session, sight: Sight, task_id: str) -> Task:
    """TaskIsNotThere also for what the caller may not see."""
    row = session.scalar(select(Task).where(Task.id == task_id, sight.tasks()))
    if row is None:
        raise TaskIsNotThere(task_id)
    return row


def held(session: Session, task_ids: Collection[str]) -> Sequence[Task]:
    """The rows as they are now, kept from others until the transaction ends; always in the same order, so that two who
    hold several never wait for each other."""
    wanted = select(Task).where(Task.id.in_(sorted(task_ids))).order_by(Task.id).with_for_update()
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def hold(session: Session, task_id: str) -> Task:
    """As `held`, for one. TaskIsNotThere where it was deleted since it was seen."""
    rows = held(session, [task_id])
    if not rows:
        raise TaskIsNotThere(task_id)
    return rows[0]


def page_of(session: Session, sight: Sight, query: TaskQuery, *, before: str | None, limit: int) -> Sequence[Task]:
    """Newest first."""
    wanted = select(Task).where(sight.tasks(), *matching(query))
    if before is not None:
        wanted = wanted.where(Task.id < before)
    return list(session.scalars(wanted.order_by(Task.id.desc()).limit(limit)))


def numbered_page(
    session: Session, sight: Sight, query: TaskQuery, *, limit: int, offset: int, urgent: bool
) -> tuple[Sequence[Task], int]:
    """Newest first, or urgent and old ones first; and how many there are in all."""
    wanted = select(Task).where(sight.tasks(), Task.number.is_not(None), *matching(query))
    total = session.scalar(wanted.with_only_columns(func.count())) or 0
    order = (Task.priority, Task.number) if urgent else (Task.number.desc(),)
    return list(session.scalars(wanted.order_by(*order).limit(limit).offset(offset))), total


def children(session: Session, sight: Sight, task_id: str) -> Sequence[Task]:
    return list(session.scalars(select(Task).where(Task.parent_id == task_id, sight.tasks()).order_by(Task.id)))


def visible(session: Session, sight: Sight, task_ids: Collection[str]) -> frozenset[str]:
    """Those of the tasks that the caller may see."""
    if not task_ids:
        return frozenset()
    return frozenset(session.scalars(select(Task.id).where(Task.id.in_(sorted(task_ids)), sight.tasks())))


def runs(session: Session, task_id: str) -> Sequence[TaskRun]:
    """Oldest first."""
    return list(session.scalars(select(TaskRun).where(TaskRun.task_id == task_id).order_by(TaskRun.number)))


def open_run(session: Session, task_id: str) -> TaskRun | None:
    return session.scalar(select(TaskRun).where(TaskRun.task_id == task_id, TaskRun.state.in_(OPEN_RUNS)))


def newest_run(session: Session, task_id: str) -> TaskRun | None:
    wanted = select(TaskRun).where(TaskRun.task_id == task_id).order_by(TaskRun.number.desc())
    return session.scalar(wanted.limit(1))


def runs_count(session: Session, task_id: str) -> int:
    return session.scalar(select(func.count()).select_from(TaskRun).where(TaskRun.task_id == task_id)) or 0


def last_errors(session: Session, task_ids: Collection[str]) -> Mapping[str, str | None]:
    """By task: why its newest run failed."""
    wanted = select(TaskRun.task_id, TaskRun.error).where(TaskRun.task_id.in_(sorted(task_ids)))
    return {row.task_id: row.error for row in session.execute(wanted.order_by(TaskRun.number))}


def comments(session: Session, task_id: str) -> Sequence[TaskComment]:
    """Oldest first."""
    return list(session.scalars(select(TaskComment).where(TaskComment.task_id == task_id).order_by(TaskComment.id)))


def blockers(session: Session, task_id: str) -> Sequence[TaskBlocker]:
    """Oldest first."""
    wanted = select(TaskBlocker).where(TaskBlocker.task_id == task_id).order_by(TaskBlocker.id)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def events(session: Session, task_id: str) -> Sequence[TaskEvent]:
    return list(session.scalars(select(TaskEvent).where(TaskEvent.task_id == task_id).order_by(TaskEvent.number)))


def output(session: Session, task: Task) -> Artifact | None:
    return session.get(Artifact, task.output_id) if task.output_id else None


def outputs(session: Session, ids: Collection[str]) -> Mapping[str, Artifact]:
    """By id."""
    if not ids:
        return {}
    return {row.id: row for row in session.scalars(select(Artifact).where(Artifact.id.in_(sorted(ids))))}


def last_version(session: Session, task_id: str) -> int:
    return session.scalar(select(func.max(Artifact.version)).where(Artifact.task_id == task_id)) or 0


def versions(session: Session, task_id: str) -> Sequence[Artifact]:
    """Of what the task has brought, oldest first."""
    return list(session.scalars(select(Artifact).where(Artifact.task_id == task_id).order_by(Artifact.version)))


def followed(session: Session, sight: Sight, task_id: str) -> str | None:
    """The id of the task that this one follows, where the caller may see it."""
    wanted = select(Task.id).join(TaskLink, TaskLink.task_id == Task.id)
    return session.scalar(
        wanted.where(TaskLink.other_id == task_id, TaskLink.kind == LinkKind.FOLLOW_UP, sight.tasks())
    )


def following(session: Session, sight: Sight, task_id: str) -> Sequence[str]:
    """Ids of those that follow it and that the caller may see, oldest first."""
    wanted = select(Task.id).join(TaskLink, TaskLink.other_id == Task.id)
    wanted = wanted.where(TaskLink.task_id == task_id, TaskLink.kind == LinkKind.FOLLOW_UP, sight.tasks())
    return list(session.scalars(wanted.order_by(Task.id)))


def projects(session: Session, tenant_id: str) -> Sequence[Project]:
    """In the order of their names."""
    return list(
        session.scalars(select(Project).where(Project.tenant_id == tenant_id).order_by(Project.name, Project.id))
    )


def task_counts(session: Session, sight: Sight) -> Mapping[str, int]:
    """By project: tasks that the caller may see. Projects without any are left out."""
    wanted = select(Task.project_id, func.count()).where(sight.tasks()).group_by(Task.project_id)
    return {row[0]: row[1] for row in session.execute(wanted)}


def project(session: Session, tenant_id: str, project_id: str) -> Project:
    row = session.get(Project, project_id)
    if row is None or row.tenant_id != tenant_id:
        raise ProjectIsNotThere(project_id)
    return row


def projects_of(session: Session, ids: Collection[str]) -> Mapping[str, Project]:
    """By id."""
    if not ids:
        return {}
    return {row.id: row for row in session.scalars(select(Project).where(Project.id.in_(sorted(ids))))}


def general_project(session: Session, tenant_id: str, clock: Clock) -> Project:
    """The tenant's project for what belongs to no other; made when it is first asked for, by whoever is quicker."""
    wanted = select(Project).where(Project.tenant_id == tenant_id, Project.slug == GENERAL)
    row = session.scalar(wanted)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            made = Project(
                id=new_id(), tenant_id=tenant_id, slug=GENERAL, name="General", status=ProjectStatus.ACTIVE,
                number=next_number(session, tenant_id, Numbered.PROJECT), created_at=clock.now(),
            )  # fmt: skip
            session.add(made)
    except IntegrityError:
        return session.scalars(wanted).one()
    return made


def people(session: Session, tenant_id: str, ids: Collection[str]) -> Mapping[str, str]:
    """Names by id of those who are of the tenant, also of those who have left."""
    if not ids:
        return {}
    found = session.execute(select(User.id, User.name).where(User.tenant_id == tenant_id, User.id.in_(sorted(ids))))
    return {row.id: row.name for row in found}


def active_person(session: Session, tenant_id: str, user_id: str) -> str | None:
    """The name, where it is somebody who is there."""
    return session.scalar(
        select(User.name).where(User.id == user_id, User.tenant_id == tenant_id, User.deactivated_at.is_(None))
    )
