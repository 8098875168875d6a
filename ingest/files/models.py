"""Tables of files, their generations and their chunks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Float, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class File(Base):
    """A file of a dataset. `latest_generation` is the newest build, `active_generation` the one that is searched.

    While they differ a build is under way or has failed, and the older one goes on serving. `status` tells of the
    newest build, and `pages_done` of `pages_total` how far text recognition is with it; `enabled` is a switch of its
    own. The chunk settings are overrides: None means the dataset's.
    """

    __tablename__ = "files"
    __table_args__ = (
        Index(
            "uq_files_living_name",
            "dataset_id",
            "name",
            unique=True,
            sqlite_where=text("deleted_at is null"),
            postgresql_where=text("deleted_at is null"),
        ),
        Index("ix_files_dataset_hash", "dataset_id", "sha256"),
        Index("ix_files_tenant_hash", "tenant_id", "sha256"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"))
    name: Mapped[str] = mapped_column(String(400))
    mime_type: Mapped[str] = mapped_column(String(200))
    size_bytes: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(32))
    url: Mapped[str | None] = mapped_column(Text)
    labels: Mapped[dict[str, str]] = mapped_column(JSON)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    status: Mapped[str] = mapped_column(String(16))
    chunks_done: Mapped[int] = mapped_column(Integer, default=0)
    chunks_total: Mapped[int] = mapped_column(Integer, default=0)
    pages_done: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    pages_total: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    latest_generation: Mapped[int] = mapped_column(Integer, default=1)
    active_generation: Mapped[int | None] = mapped_column(Integer)
    chunk_size: Mapped[int | None] = mapped_column(Integer)
    chunk_overlap: Mapped[int | None] = mapped_column(Integer)
    parse_type: Mapped[str | None] = mapped_column(String(16))
    parser_engine: Mapped[str | None] = mapped_column(String(16))
    only_main_content: Mapped[bool | None] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FileGeneration(Base):
    """One build of a file from given bytes with given settings. `blocks_key` finds the parsed blocks in the store.

    `reading` holds a Reading of ingest.reports once it is parsed; the last two columns grow while it is embedded.
    """

    __tablename__ = "file_generations"
    __table_args__ = (Index("ix_file_generations_sha256", "sha256"),)

    file_id: Mapped[str] = mapped_column(ForeignKey("files.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    tenant_id: Mapped[str] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(16))
    sha256: Mapped[str] = mapped_column(String(64))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    engine_used: Mapped[str | None] = mapped_column(String(16))
    title: Mapped[str | None] = mapped_column(Text)
    page_count: Mapped[int | None] = mapped_column(Integer)
    blocks_key: Mapped[str | None] = mapped_column(String(200))
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    chunks_count: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reading: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    embedding_seconds: Mapped[float] = mapped_column(Float, default=0.0, server_default=text("0"))
    truncations: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))


class Chunk(Base):
    """A passage. Its id follows from file, generation and position (kit.ids.chunk_id).

    `overlay_id` names what a person changed about it (ingest.review); a chunk as it was parsed has none.
    """

    __tablename__ = "chunks"
    __table_args__ = (Index("uq_chunks_place", "file_id", "generation", "position", unique=True),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    dataset_id: Mapped[str] = mapped_column(Id, index=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("files.id"))
    generation: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    content: Mapped[str] = mapped_column(Text)
    context: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    token_count: Mapped[int] = mapped_column(Integer)
    page: Mapped[int | None] = mapped_column(Integer)
    heading_path: Mapped[list[str]] = mapped_column(JSON)
    boxes: Mapped[list[dict[str, float]]] = mapped_column(JSON)
    enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    overlay_id: Mapped[str | None] = mapped_column(Id)


class ChunkGist(Base):
    """What a chunk of some length says, so that others like it are found (ingest.files.likeness). `gist` is a packed
    one of kit.gists, the keys are hashes of parts of it."""

    __tablename__ = "chunk_gists"
    __table_args__ = (
        Index("ix_chunk_gists_place", "file_id", "generation"),
        *(Index(f"ix_chunk_gists_key_{number}", "dataset_id", f"key_{number}") for number in (1, 2, 3, 4)),
    )

    chunk_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    dataset_id: Mapped[str] = mapped_column(Id)
    file_id: Mapped[str] = mapped_column(ForeignKey("files.id"))
    generation: Mapped[int] = mapped_column(Integer)
    gist: Mapped[bytes] = mapped_column(LargeBinary)
    key_1: Mapped[int] = mapped_column(BigInteger)
    key_2: Mapped[int] = mapped_column(BigInteger)
    key_3: Mapped[int] = mapped_column(BigInteger)
    key_4: Mapped[int] = mapped_column(BigInteger)


class ShelvedFile(Base):
    """How much of a file's generation has vectors in a collection beside the one that is searched.

    `mark` is new whenever filling begins anew. Whoever changes the text of a chunk removes the row, so that what was
    being filled meanwhile does not pass for complete.
    """

    __tablename__ = "shelved_files"
    __table_args__ = (Index("ix_shelved_files_dataset", "dataset_id", "collection"),)

    file_id: Mapped[str] = mapped_column(ForeignKey("files.id"), primary_key=True)
    collection: Mapped[str] = mapped_column(String(200), primary_key=True)
    dataset_id: Mapped[str] = mapped_column(Id)
    generation: Mapped[int] = mapped_column(Integer)
    mark: Mapped[str] = mapped_column(Id)
    chunks_done: Mapped[int] = mapped_column(Integer)
    complete: Mapped[bool] = mapped_column(Boolean)
