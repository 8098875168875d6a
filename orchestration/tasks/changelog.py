"""What has been done, as news: an entry is a task that is done, so that nothing has to be written down twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from orchestration.tasks import repository
from orchestration.tasks.models import Project, Task
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import ActorKind, TaskStatus

SUMMARY = 300
"""Characters of what a task brought that its entry shows."""

DAYS = 30
_TITLES = 10
"""Of an area of a day, that are named."""

_MARKS = re.compile(r"\s*\[(?:cite|unsupported)(?::[^\]\s]{1,200})?\]")


@dataclass(frozen=True, slots=True)
class ChangelogQuery:
    """None is no condition."""

    agent: str | None = None
    number: int | None = None
    project_slug: str | None = None


@dataclass(frozen=True, slots=True)
class ChangelogEntry:
    """`author` is an agent's role or a person's name; None where nobody was assigned. `area` is the task's kind."""

    task_id: str
    number: int
    title: str
    summary: str
    author: str | None
    area: str
    project_slug: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AreaOfDay:
    area: str
    count: int
    titles: Sequence[str]


@dataclass(frozen=True, slots=True)
class ChangelogDay:
    """Days are UTC's."""

    day: date
    total: int
    areas: Sequence[AreaOfDay]


@dataclass(frozen=True, slots=True)
class Changelog:
    """All methods take the caller's session. Only tasks that the caller may see are in it."""

    names: DatasetNames
    clock: Clock

    def entries(
        self, session: Session, principal: Principal, query: ChangelogQuery, *, limit: int, offset: int
    ) -> tuple[Sequence[ChangelogEntry], int]:
        """Newest first, and how many there are in all."""
        wanted = self._done(session, principal).where(*_conditions(query))
        total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        newest = wanted.order_by(Task.completed_at.desc(), Task.id.desc()).limit(limit).offset(offset)
        rows = [(row[0], row[1]) for row in session.execute(newest)]
        outputs = repository.outputs(session, {task.output_id for task, _ in rows if task.output_id})
        people = {task.assignee_id for task, _ in rows if task.assignee_kind == ActorKind.HUMAN and task.assignee_id}
        names = repository.people(session, principal.tenant_id, people)
        texts = {one.task_id: one.text for one in outputs.values()}
        return [_entry(task, slug, texts.get(task.id), names) for task, slug in rows], total

    def days(self, session: Session, principal: Principal) -> Sequence[ChangelogDay]:
        """The last thirty days, newest first, without those on which nothing was done; areas with the most tasks
        first."""
        today = self.clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        wanted = self._done(session, principal).where(Task.completed_at > today - timedelta(days=DAYS - 1))
        found: dict[date, dict[str, list[str]]] = {}
        columns = wanted.with_only_columns(Task.completed_at, Task.kind, Task.title)
        for at, kind, title in session.execute(columns.order_by(Task.completed_at.desc(), Task.id.desc())):
            found.setdefault((at or today).date(), {}).setdefault(kind, []).append(title)
        return [_day(day, areas) for day, areas in found.items()]

    def _done(self, session: Session, principal: Principal) -> Select[Task, str]:
        sight = sight_of(session, principal, self.names)
        joined = select(Task, Project.slug).join(Project, Project.id == Task.project_id)
        return joined.where(sight.tasks(), Task.status == TaskStatus.DONE, Task.completed_at.is_not(None))


def _conditions(query: ChangelogQuery) -> Collection[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.agent is not None:
        conditions += [Task.assignee_kind == ActorKind.AGENT, Task.assignee_id == query.agent]
    if query.number is not None:
        conditions.append(Task.number == query.number)
    if query.project_slug is not None:
        conditions.append(Project.slug == query.project_slug)
    return conditions


def _entry(task: Task, slug: str, text: str | None, people: Mapping[str, str]) -> ChangelogEntry:
    author = task.assignee_id
    if author is not None and task.assignee_kind == ActorKind.HUMAN:
        author = people.get(author, author)
    return ChangelogEntry(
        task_id=task.id,
        number=task.number or 0,
        title=task.title,
        summary=_beginning(text or task.description),
        author=author,
        area=task.kind,
        project_slug=slug,
        at=task.completed_at or task.updated_at,
    )


def _beginning(text: str) -> str:
    """Without the marks of citations, which mean nothing outside of the text."""
    plain = _MARKS.sub("", text[: 4 * SUMMARY]).strip()
    return plain if len(plain) <= SUMMARY else f"{plain[: SUMMARY - 1]}…"


def _day(day: date, titles: Mapping[str, Sequence[str]]) -> ChangelogDay:
    counts = Counter({area: len(some) for area, some in titles.items()})
    areas = [AreaOfDay(area, count, titles[area][:_TITLES]) for area, count in counts.most_common()]
    return ChangelogDay(day, counts.total(), areas)
