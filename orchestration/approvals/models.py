"""Tables of what waits for a person's decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class Approval(Base):
    """`subject_kind` and `subject_id` name something other than tasks that waits. `reminded_at`: those who watch were
    told that it expires soon. `asked_with`: the token of the workspace that it was asked for with, see
    orchestration.approvals.deciders."""

    __tablename__ = "approvals"
    __table_args__ = (
        Index("ix_approvals_tenant", "tenant_id", "status", "id"),
        Index("ix_approvals_expiry", "status", "expires_at"),
        Index("ix_approvals_subject", "subject_kind", "subject_id"),
        Index("ix_approvals_workspace", "workspace_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    dataset_id: Mapped[str | None] = mapped_column(Id)
    workspace_id: Mapped[str | None] = mapped_column(Id)
    asked_with: Mapped[str | None] = mapped_column(Id)
    subject_kind: Mapped[str | None] = mapped_column(String(32))
    subject_id: Mapped[str | None] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(32))
    risk: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(Text)
    options: Mapped[list[str]] = mapped_column(JSON)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_by_kind: Mapped[str] = mapped_column(String(16))
    created_by_id: Mapped[str] = mapped_column(String(64))
    created_by_name: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(32))
    selected_option: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    resolved_by_kind: Mapped[str | None] = mapped_column(String(16))
    resolved_by_id: Mapped[str | None] = mapped_column(String(64))
    resolved_by_name: Mapped[str | None] = mapped_column(String(200))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApprovalTask(Base):
    """A task that waits for the decision."""

    __tablename__ = "approval_tasks"

    approval_id: Mapped[str] = mapped_column(ForeignKey("approvals.id"), primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), primary_key=True, index=True)
