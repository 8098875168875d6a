"""Table of what the agents of workspaces are asked again and again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class ScheduledPrompt(Base):
    """A prompt that becomes a task of the workspace's agent each time its schedule is due (kit.schedules, with this
    row's id as the subject). `last_task_id` is what the last time made."""

    __tablename__ = "scheduled_prompts"
    __table_args__ = (Index("ix_scheduled_prompts_workspace", "workspace_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    prompt: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(16))
    last_task_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
