"""Tables of searches that were made, and of what people said of their results."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class SearchRecord(Base):
    """One search. `request` holds its options and `results` what it showed, best first; neither holds any content."""

    __tablename__ = "search_records"
    __table_args__ = (
        Index("ix_search_records_tenant", "tenant_id", "id"),
        Index("ix_search_records_at", "at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    key_id: Mapped[str] = mapped_column(Id)
    key_name: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[str | None] = mapped_column(Id)
    agent_role: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    query: Mapped[str] = mapped_column(Text)
    dataset_ids: Mapped[list[str]] = mapped_column(JSON)
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    found: Mapped[int] = mapped_column(Integer)
    top_score: Mapped[float] = mapped_column(Float)
    total_ms: Mapped[float] = mapped_column(Float)
    embed_ms: Mapped[float] = mapped_column(Float)
    engine_ms: Mapped[float] = mapped_column(Float)
    rerank_ms: Mapped[float] = mapped_column(Float)


class SearchMark(Base):
    """What somebody said of one result of a search; the last word counts."""

    __tablename__ = "search_marks"

    record_id: Mapped[str] = mapped_column(ForeignKey("search_records.id", ondelete="CASCADE"), primary_key=True)
    chunk_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    mark: Mapped[str] = mapped_column(String(16))
    key_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SavedSearch(Base):
    """A search to be made again. `owner_id` is the person's, or the key's where no person stands behind it; `request`
    and `compared_with` are searches as the API takes them."""

    __tablename__ = "saved_searches"
    __table_args__ = (UniqueConstraint("tenant_id", "owner_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    owner_id: Mapped[str] = mapped_column(Id)
    owner_name: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    dataset_ids: Mapped[list[str]] = mapped_column(JSON)
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    compared_with: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
