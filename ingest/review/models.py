"""What people changed about chunks, kept beside them so that it outlives a new build."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class ChunkOverlay(Base):
    """An edit of a parsed chunk, or a chunk added by hand.

    An edit is anchored to the text as it was parsed (`original`): to the chunk of every build whose text is the same,
    and of equal ones to the `occurrence`-th. `content` is None where only the switch differs. An addition has no
    anchor and goes behind the parsed chunks.
    """

    __tablename__ = "chunk_overlays"
    __table_args__ = (Index("ix_chunk_overlays_file", "file_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    file_id: Mapped[str] = mapped_column(ForeignKey("files.id"))
    kind: Mapped[str] = mapped_column(String(16))
    original: Mapped[str | None] = mapped_column(Text)
    occurrence: Mapped[int] = mapped_column(Integer, default=0)
    content: Mapped[str | None] = mapped_column(Text)
    token_count: Mapped[int] = mapped_column(Integer, default=0)
    enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    page: Mapped[int | None] = mapped_column(Integer)
    heading_path: Mapped[list[str]] = mapped_column(JSON)
    changed_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
