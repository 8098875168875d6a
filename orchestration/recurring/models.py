"""Table of what is asked for again and again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class RecurringTask(Base):
    """A task that is made anew each time its schedule is due (kit.schedules, with this row's id as the subject).
    `{{key}}` in the prompt stands for a variable's value. `last_task_id` is what the last time made."""

    __tablename__ = "recurring_tasks"
    __table_args__ = (Index("ix_recurring_tasks_tenant", "tenant_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    dataset_id: Mapped[str | None] = mapped_column(Id)
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(64))
    prompt: Mapped[str] = mapped_column(Text)
    assignee_kind: Mapped[str] = mapped_column(String(16))
    assignee_id: Mapped[str] = mapped_column(String(64))
    needs_review: Mapped[bool] = mapped_column(Boolean)
    is_active: Mapped[bool] = mapped_column(Boolean)
    variables: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    variable_values: Mapped[dict[str, Any]] = mapped_column(JSON)
    last_task_id: Mapped[str | None] = mapped_column(Id)
    last_run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
