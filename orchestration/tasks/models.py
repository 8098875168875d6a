"""Tables of work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class Counter(Base):
    """The newest number of `what` in a tenant. See orchestration.tasks.numbers."""

    __tablename__ = "counters"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    newest: Mapped[int] = mapped_column(Integer)


class Project(Base):
    """Groups tasks. `slug` is unique in the tenant; the one named `general` is made when it is first needed. `number`
    as in Task."""

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("tenant_id", "slug"),
        Index("uq_projects_number", "tenant_id", "number", unique=True),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    slug: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16))
    number: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Task(Base):
    """`events_count` is the number of the newest line of its timeline. `feedback` is what the last review asked for.
    `needs_review`: what an agent brings is done when a person has approved it. `number` is how the platform's API names
    it: unique in the tenant, and never another task's. None is for a moment only, of what a process of an older version
    has added. `resolution` is what came of it, as a person puts it."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_tenant", "tenant_id", "id"),
        Index("ix_tasks_status", "tenant_id", "status", "id"),
        Index("ix_tasks_project", "project_id", "id"),
        Index("ix_tasks_parent", "parent_id"),
        Index("ix_tasks_dataset", "dataset_id"),
        Index("ix_tasks_workspace", "workspace_id", "status"),
        Index("uq_tasks_number", "tenant_id", "number", unique=True),
        Index("ix_tasks_title", "tenant_id", "title"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("tasks.id"))
    dataset_id: Mapped[str | None] = mapped_column(Id)
    workspace_id: Mapped[str | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text)
    prompt: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(32))
    priority: Mapped[int] = mapped_column(Integer)
    assignee_kind: Mapped[str | None] = mapped_column(String(16))
    assignee_id: Mapped[str | None] = mapped_column(String(64))
    created_by_kind: Mapped[str] = mapped_column(String(16))
    created_by_id: Mapped[str] = mapped_column(String(64))
    created_by_name: Mapped[str] = mapped_column(String(200))
    approval_id: Mapped[str | None] = mapped_column(Id)
    wake_reason: Mapped[str | None] = mapped_column(String(64))
    feedback: Mapped[str | None] = mapped_column(Text)
    output_id: Mapped[str | None] = mapped_column(Id)
    needs_review: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    cost_usd: Mapped[float] = mapped_column(Float, default=0.0)
    events_count: Mapped[int] = mapped_column(Integer, default=0)
    number: Mapped[int | None] = mapped_column(Integer)
    tags: Mapped[str] = mapped_column(String(500), default="", server_default="")
    resolution: Mapped[str | None] = mapped_column(Text)
    estimated_minutes: Mapped[int | None] = mapped_column(Integer)
    max_duration_seconds: Mapped[int | None] = mapped_column(Integer)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TaskRun(Base):
    """One go at a task. There is one at a time that has not ended."""

    __tablename__ = "task_runs"
    __table_args__ = (
        Index("uq_task_runs_number", "task_id", "number", unique=True),
        Index(
            "uq_task_runs_open",
            "task_id",
            unique=True,
            sqlite_where=text("state in ('queued', 'running', 'waiting')"),
            postgresql_where=text("state in ('queued', 'running', 'waiting')"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    wake_reason: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(100))
    input_tokens: Mapped[int] = mapped_column(Integer, default=0)
    output_tokens: Mapped[int] = mapped_column(Integer, default=0)
    cost_usd: Mapped[float] = mapped_column(Float, default=0.0)
    error: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TaskEvent(Base):
    """A line of a task's timeline. Lines are added and never changed."""

    __tablename__ = "task_events"
    __table_args__ = (Index("ix_task_events_time", "tenant_id", "at"),)

    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    tenant_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    type: Mapped[str] = mapped_column(String(64))
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(200))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class TaskLink(Base):
    """`other_id` is about the same matter as `task_id`, in the way that `kind` says."""

    __tablename__ = "task_links"

    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    other_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TaskComment(Base):
    """`mentions` are those that were there as it was written: kind, id, name."""

    __tablename__ = "task_comments"
    __table_args__ = (Index("ix_task_comments_task", "task_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    kind: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    author_kind: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[str] = mapped_column(String(64))
    author_name: Mapped[str] = mapped_column(String(200))
    mentions: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Artifact(Base):
    """A version of what a task has brought; versions count from 1 and stay."""

    __tablename__ = "artifacts"
    __table_args__ = (Index("uq_artifacts_version", "task_id", "version", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    run_id: Mapped[str | None] = mapped_column(ForeignKey("task_runs.id"))
    version: Mapped[int] = mapped_column(Integer)
    format: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TaskBlocker(Base):
    """What keeps a task from going on until a person has answered. `person_id`: whom it is put to; None: anybody."""

    __tablename__ = "task_blockers"
    __table_args__ = (Index("ix_task_blockers_task", "task_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    person_id: Mapped[str | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    created_by_kind: Mapped[str] = mapped_column(String(16))
    created_by_id: Mapped[str] = mapped_column(String(64))
    created_by_name: Mapped[str] = mapped_column(String(200))
    resolved_by_kind: Mapped[str | None] = mapped_column(String(16))
    resolved_by_id: Mapped[str | None] = mapped_column(String(64))
    resolved_by_name: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
