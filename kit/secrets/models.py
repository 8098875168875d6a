"""The table of secrets that Cairn presents to others. Those that callers present to Cairn are kept as hashes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class Secret(Base):
    """`kind` is the feature that it is for, `owner` the id of the thing, `name` which one of that thing's.
    `key_version` names the key of its ciphertext."""

    __tablename__ = "secrets"
    __table_args__ = (
        Index("uq_secrets_place", "tenant_id", "kind", "owner", "name", unique=True),
        Index("ix_secrets_key_version", "key_version"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(32))
    owner: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    key_version: Mapped[str] = mapped_column(String(12))
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
