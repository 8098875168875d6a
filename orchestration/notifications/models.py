"""Table of what people and agents are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class Notification(Base):
    """A row for each who is told. The recipient is a person by id, an agent by role, or a key that stands for nobody
    else by its id: whoever `actor_of` says that a caller is."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_recipient", "tenant_id", "recipient_kind", "recipient_id", "id"),
        Index("ix_notifications_dataset", "dataset_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    recipient_kind: Mapped[str] = mapped_column(String(16))
    recipient_id: Mapped[str] = mapped_column(String(64))
    dataset_id: Mapped[str | None] = mapped_column(Id)
    type: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(300))
    message: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(64))
    link: Mapped[str | None] = mapped_column(Text)
    created_by_kind: Mapped[str] = mapped_column(String(16))
    created_by_id: Mapped[str] = mapped_column(String(64))
    created_by_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
