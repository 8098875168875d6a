"""Table of what happened, for those who watch; rows elsewhere stay the truth."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class Event(Base):
    """Kept for a day (kit.events.outbox.KEEP): long enough for a client that lost its connection to go on."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_tenant", "tenant_id", "id"),
        Index("ix_events_dataset", "dataset_id", "at"),
        Index("ix_events_at", "at"),
        {"sqlite_autoincrement": True},  # an id must not be given twice, not even when the newest rows are gone
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    type: Mapped[str] = mapped_column(String(64))
    tenant_id: Mapped[str] = mapped_column(Id)
    dataset_id: Mapped[str | None] = mapped_column(Id)
    topic: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
