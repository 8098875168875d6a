"""What is written down about agents: by themselves and by people, and by Cairn about the tasks that they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, false, func, not_, or_, select
from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from kit.ids import new_id
from orchestration.agents.directory import AgentDirectory
from orchestration.agents.errors import UnknownAgent
from orchestration.agents.models import AgentLogLine
from orchestration.tasks.actors import actor_of, seen_by
from orchestration.tasks.models import Task, TaskEvent
from orchestration.tasks.service import need
from orchestration.tasks.sight import Sight, sight_of
from orchestration.tasks.types import Actor, ActorKind, TaskStatus

KEEP = timedelta(days=30)
"""After which a line is dropped. Timelines of tasks stay as long as the tasks."""

_FORGET_AT_ONCE = 50
_STATUS = "status_changed"


class LogLevel(StrEnum):
    ERROR = "error"
    WARN = "warn"
    INFO = "info"


_LEVELS = {TaskStatus.FAILED.value: LogLevel.ERROR, TaskStatus.BLOCKED.value: LogLevel.WARN}
"""Of what a task becomes; all else is information."""


class LogSource(StrEnum):
    """`db` are entries that were sent, `file` what Cairn writes of each agent's tasks as they go on."""

    FILE = "file"
    DB = "db"


@dataclass(frozen=True, slots=True)
class LogLine:
    id: str
    at: datetime
    source: LogSource
    agent: str
    level: LogLevel
    message: str
    author: str
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogQuery:
    """None is no condition. `words` stand in the line, whatever their case."""

    source: LogSource | None = None
    agent: str | None = None
    level: LogLevel | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class LogFile:
    agent: str
    lines: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class AgentLogs:
    """All methods take the caller's session and leave committing to it. An agent sees and writes its own lines alone. A
    key that is held to some datasets sees what is about tasks of those, and no entries, which are about none; nor does
    a workspace's token."""

    directory: AgentDirectory
    names: DatasetNames
    clock: Clock

    def list(self, session: Session, principal: Principal, query: LogQuery, *, limit: int) -> Sequence[LogLine]:
        """Newest first, of both sources."""
        sight, lines = sight_of(session, principal, self.names), list[LogLine]()
        if query.source is not LogSource.FILE:
            lines += self._entries(session, principal, query, limit)
        if query.source is not LogSource.DB:
            lines += self._timeline(session, sight, query, limit)
        return sorted(lines, key=lambda line: (line.at, line.id), reverse=True)[:limit]

    def files(self, session: Session, principal: Principal) -> Sequence[LogFile]:
        """One for each agent of whose tasks something was written, in the order of their roles."""
        sight = sight_of(session, principal, self.names)
        wanted = (
            select(Task.assignee_id, func.count(), func.max(TaskEvent.at))
            .join(Task, Task.id == TaskEvent.task_id)
            .where(sight.tasks(), Task.assignee_kind == ActorKind.AGENT)
            .group_by(Task.assignee_id)
            .order_by(Task.assignee_id)
        )
        return [LogFile(role, count, at) for role, count, at in session.execute(wanted) if role is not None]

    def add(
        self, session: Session, principal: Principal, role: str, level: LogLevel, message: str, *,
        meta: Mapping[str, Any],
    ) -> LogLine:  # fmt: skip
        """UnknownAgent, also for an agent that writes of another one."""
        need(principal, Scope.WRITE)
        known = self.directory.name_of(session, principal.tenant_id, role)
        if known is None or principal.agent_role not in {None, role}:
            raise UnknownAgent("agent", role)
        author = actor_of(session, principal)
        return self.put(session, principal.tenant_id, role, level, message, author=author, meta=meta)

    def put(
        self, session: Session, tenant_id: str, role: str, level: LogLevel, message: str, *, author: Actor,
        meta: Mapping[str, Any] | None = None,
    ) -> LogLine:  # fmt: skip
        """As `add`, where the caller was found to have the right."""
        row = AgentLogLine(
            id=new_id(), tenant_id=tenant_id, role=role, level=level, message=message, details=dict(meta or {}),
            author_kind=author.kind, author_name=author.name[:200], at=self.clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._forget(session, row)
        return _entry(row, None)

    def _forget(self, session: Session, row: AgentLogLine) -> None:
        old = select(AgentLogLine.id).where(
            AgentLogLine.tenant_id == row.tenant_id, AgentLogLine.role == row.role, AgentLogLine.at < row.at - KEEP
        )
        ids = list(session.scalars(old.order_by(AgentLogLine.id).limit(_FORGET_AT_ONCE)))
        if ids:
            gone = delete(AgentLogLine).where(AgentLogLine.id.in_(ids))
            session.execute(gone.execution_options(synchronize_session=False))

    @staticmethod
    def _entries(session: Session, principal: Principal, query: LogQuery, limit: int) -> Sequence[LogLine]:
        wanted = select(AgentLogLine).where(AgentLogLine.tenant_id == principal.tenant_id)
        if principal.dataset_ids is not None or principal.workspace_id is not None:
            wanted = wanted.where(false())
        for role in (principal.agent_role, query.agent):
            if role is not None:
                wanted = wanted.where(AgentLogLine.role == role)
        if query.level is not None:
            wanted = wanted.where(AgentLogLine.level == query.level)
        if query.words:
            wanted = wanted.where(AgentLogLine.message.icontains(query.words, autoescape=True))
        return [_entry(row, principal) for row in session.scalars(wanted.order_by(AgentLogLine.id.desc()).limit(limit))]

    @staticmethod
    def _timeline(session: Session, sight: Sight, query: LogQuery, limit: int) -> Sequence[LogLine]:
        wanted = (
            select(TaskEvent, Task.assignee_id, Task.title)
            .join(Task, Task.id == TaskEvent.task_id)
            .where(TaskEvent.tenant_id == sight.principal.tenant_id, sight.tasks())
            .where(Task.assignee_kind == ActorKind.AGENT)
        )
        if query.agent is not None:
            wanted = wanted.where(Task.assignee_id == query.agent)
        if query.level is not None:
            wanted = wanted.where(_is_of(query.level))
        if query.words:
            words = {"autoescape": True}
            wanted = wanted.where(
                or_(TaskEvent.type.icontains(query.words, **words), Task.title.icontains(query.words, **words))
            )
        newest = wanted.order_by(TaskEvent.at.desc(), TaskEvent.task_id.desc(), TaskEvent.number.desc()).limit(limit)
        return [_line(row, role or "", title, sight.principal) for row, role, title in session.execute(newest)]


def _is_of(level: LogLevel) -> ColumnElement[bool]:
    to = TaskEvent.data["to"].as_string()
    is_failure = and_(TaskEvent.type == _STATUS, func.coalesce(to, "") == TaskStatus.FAILED)
    is_halt = and_(TaskEvent.type == _STATUS, func.coalesce(to, "") == TaskStatus.BLOCKED)
    match level:
        case LogLevel.ERROR:
            return is_failure
        case LogLevel.WARN:
            return is_halt
        case LogLevel.INFO:
            return not_(or_(is_failure, is_halt))


def _entry(row: AgentLogLine, reader: Principal | None) -> LogLine:
    """`reader` None: who wrote it."""
    author = Actor(ActorKind(row.author_kind), "", row.author_name)
    name = author.name if reader is None else seen_by(reader, author).name
    return LogLine(row.id, row.at, LogSource.DB, row.role, LogLevel(row.level), row.message, name, row.details)


def _line(row: TaskEvent, role: str, title: str, reader: Principal) -> LogLine:
    """What a line of a timeline holds beside its words is for the timeline's own readers: quotes and questions."""
    to = row.data.get("to") if row.type == _STATUS else None
    said = f"{row.type}: {title}" if to is None else f"{row.type} to {to}: {title}"
    name = seen_by(reader, Actor(ActorKind(row.actor_kind), row.actor_id, row.actor_name)).name
    meta = {"taskId": row.task_id, "number": row.number}
    level = _LEVELS.get(str(to), LogLevel.INFO)
    return LogLine(f"{row.task_id}-{row.number}", row.at, LogSource.FILE, role, level, said, name, meta)
