"""Table of what the doctor found, when he was asked last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class Examination(Base):
    """A tenant's last. `findings` are those that were left, `mended` and `resisting` those that were to be mended."""

    __tablename__ = "examinations"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    job_id: Mapped[str] = mapped_column(Id)
    examined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    mended: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    resisting: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
