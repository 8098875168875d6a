"""Table of work. The row is the truth; whatever wakes a worker is only a nudge."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime
from kit.jobs.types import JobState


class Job(Base):
    """`attempt` counts tries that ended by themselves and the present one; `turn` counts claims and fences writes.

    `interruptions` counts workers that died or went silent over the job since it last got further. `stage`, `done` and
    `total` say how far it is, in whatever the stage counts.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_line", "queue", "state", "tenant_id", "priority", "run_after", "id"),
        Index("ix_jobs_lease", "state", "lease_until"),
        Index("ix_jobs_subject", "subject"),
        Index("ix_jobs_tenant", "tenant_id", "id"),
        Index("ix_jobs_dataset", "dataset_id", "state"),
        Index(
            "uq_jobs_unfinished_key",
            "key",
            unique=True,
            sqlite_where=text("state in ('queued', 'running')"),
            postgresql_where=text("state in ('queued', 'running')"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    queue: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(64))
    tenant_id: Mapped[str | None] = mapped_column(Id)
    dataset_id: Mapped[str | None] = mapped_column(Id)
    lot: Mapped[str | None] = mapped_column(String(200))
    payload: Mapped[dict[str, str | int]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), default=JobState.QUEUED)
    priority: Mapped[int] = mapped_column(Integer, default=100)
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    max_attempts: Mapped[int] = mapped_column(Integer, default=5)
    interruptions: Mapped[int] = mapped_column(Integer, default=0)
    turn: Mapped[int] = mapped_column(Integer, default=0)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    stage: Mapped[str | None] = mapped_column(String(32))
    done: Mapped[int | None] = mapped_column(Integer)
    total: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
