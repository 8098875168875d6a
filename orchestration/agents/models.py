"""Tables of agents: those that tenants added, what they changed about others, what is noted of all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class Agent(Base):
    """What a tenant set, how the agent's last run failed, and what it says of itself. None: as it is for everybody.
    `is_added`: there is the agent because of this row."""

    __tablename__ = "agents"
    __table_args__ = (Index("uq_agents_number", "tenant_id", "number", unique=True),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(Id, unique=True)
    adapter: Mapped[str | None] = mapped_column(String(16))
    model: Mapped[str | None] = mapped_column(String(100))
    tools: Mapped[list[str] | None] = mapped_column(JSON)
    concurrency: Mapped[int | None] = mapped_column(Integer)
    max_cost_usd: Mapped[float | None] = mapped_column(Float)
    adapter_config: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    last_error_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_added: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    number: Mapped[int | None] = mapped_column(Integer)
    name: Mapped[str | None] = mapped_column(String(200))
    specialty: Mapped[str | None] = mapped_column(String(64))
    emoji: Mapped[str | None] = mapped_column(String(32))
    color: Mapped[str | None] = mapped_column(String(16))
    interval_seconds: Mapped[int | None] = mapped_column(Integer)
    workspace_path: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[str | None] = mapped_column(String(16))
    reported: Mapped[str | None] = mapped_column(String(16))
    current_task: Mapped[str | None] = mapped_column(String(300))
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AgentLogLine(Base):
    """What an agent, or somebody about an agent, had written down. Added, and dropped when it is old."""

    __tablename__ = "agent_log_lines"
    __table_args__ = (Index("ix_agent_log_lines_role", "tenant_id", "role", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    role: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(16))
    message: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    author_kind: Mapped[str] = mapped_column(String(16))
    author_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
