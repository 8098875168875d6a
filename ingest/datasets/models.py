"""Table of datasets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, Integer, String, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class Dataset(Base):
    """`collection` is where it is searched: one collection for each embedding model, shared by datasets.

    `ocr_max_pages` is how many pages of a file text recognition may read; None: it is off.
    `only_main_content`: web pages are read without navigation and the like.
    `redaction` holds a Redaction of ingest.redaction; None: nothing is looked for. `hybrid_alpha` and `fusion` are how
    it is searched where a search does not say; None: the installation's default. `calibration` holds a Calibration of
    retrieval.search; None: scores are shown as they are.
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
    ocr_max_pages: Mapped[int | None] = mapped_column(Integer)
    only_main_content: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    separators: Mapped[list[str]] = mapped_column(JSON)
    redaction: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    allowed_agent_roles: Mapped[list[str]] = mapped_column(JSON)
    hybrid_alpha: Mapped[float | None] = mapped_column(Float)
    fusion: Mapped[str | None] = mapped_column(String(16))
    calibration: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DatasetShelf(Base):
    """A collection beside the one that is searched, which has vectors of the dataset too. See ingest.model_changes."""

    __tablename__ = "dataset_shelves"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"), primary_key=True)
    collection: Mapped[str] = mapped_column(String(200), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    embedding_provider: Mapped[str] = mapped_column(String(64))
    embedding_model: Mapped[str] = mapped_column(String(400))
    vector_size: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    kept_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ModelChange(Base):
    """A dataset's way from one embedding model to another. `is_return`: the other's vectors were kept from before.

    `comparison` is what golden questions say of the two, where there are any.
    """

    __tablename__ = "model_changes"
    __table_args__ = (
        Index("ix_model_changes_dataset", "dataset_id", "id"),
        Index(
            "uq_model_changes_open",
            "dataset_id",
            unique=True,
            sqlite_where=text("state in ('filling', 'ready')"),
            postgresql_where=text("state in ('filling', 'ready')"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"))
    state: Mapped[str] = mapped_column(String(16))
    policy: Mapped[str] = mapped_column(String(16))
    old_model: Mapped[str] = mapped_column(String(400))
    old_collection: Mapped[str] = mapped_column(String(200))
    new_model: Mapped[str] = mapped_column(String(400))
    new_collection: Mapped[str] = mapped_column(String(200))
    is_return: Mapped[bool]
    chunks_done: Mapped[int] = mapped_column(Integer, default=0)
    chunks_total: Mapped[int] = mapped_column(Integer, default=0)
    comparison: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    switched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
