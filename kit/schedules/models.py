"""Tables of what is to be done again and again, and of each time that it was due."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime
from kit.schedules.types import RunTrigger


class Schedule(Base):
    """`kind` names who acts, `subject` the id of what it is about. `next_at` is when it is due next, `fire_at` that
    with its jitter; None: never by itself."""

    __tablename__ = "schedules"
    __table_args__ = (
        Index("uq_schedules_subject", "kind", "subject", unique=True),
        Index("ix_schedules_fire_at", "enabled", "fire_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    trigger: Mapped[str] = mapped_column(String(16))
    cron: Mapped[str | None] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))
    jitter_seconds: Mapped[int] = mapped_column(Integer, default=0)
    enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fire_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScheduleRun(Base):
    """A time that was due, or a run by hand. The key admits each time once, whoever looks and however often."""

    __tablename__ = "schedule_runs"

    schedule_id: Mapped[str] = mapped_column(ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16))
    started: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    trigger: Mapped[str] = mapped_column(String(16), default=RunTrigger.TIMER, server_default=RunTrigger.TIMER)
