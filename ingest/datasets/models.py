"""Table of datasets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class Dataset(Base):
    """`collection` is where its vectors live: one collection for each embedding model, shared by datasets.

    `hybrid_alpha` and `fusion` are how it is searched where a search does not say; None: the installation's default.
    """

    __tablename__ = "datasets"
    __table_args__ = (
        Index(
            "uq_datasets_living_name",
            "tenant_id",
            "name",
            unique=True,
            sqlite_where=text("deleted_at is null"),
            postgresql_where=text("deleted_at is null"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    embedding_provider: Mapped[str] = mapped_column(String(64))
    embedding_model: Mapped[str] = mapped_column(String(400))
    vector_size: Mapped[int] = mapped_column(Integer)
    collection: Mapped[str] = mapped_column(String(200))
    chunk_size: Mapped[int] = mapped_column(Integer)
    chunk_overlap: Mapped[int] = mapped_column(Integer)
    parse_type: Mapped[str] = mapped_column(String(16))
    parser_engine: Mapped[str] = mapped_column(String(16))
    separators: Mapped[list[str]] = mapped_column(JSON)
    allowed_agent_roles: Mapped[list[str]] = mapped_column(JSON)
    hybrid_alpha: Mapped[float | None] = mapped_column(Float)
    fusion: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
