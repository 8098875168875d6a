"""Tables of conversations, what is said in them, and what people have the assistant keep in mind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime

_Prefixed = String(32)


class Conversation(Base):
    """`owner_id` is a person, or a key that is narrower than its person: see `orchestration.chat.ownership`.
    `agent_role` answers in it."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_owner", "tenant_id", "owner_id", "updated_at"),)

    id: Mapped[str] = mapped_column(_Prefixed, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    owner_id: Mapped[str] = mapped_column(Id)
    agent_role: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    project_id: Mapped[str | None] = mapped_column(Id)
    task_id: Mapped[str | None] = mapped_column(Id)
    client_id: Mapped[str | None] = mapped_column(Id)
    messages_count: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChatMessage(Base):
    """`key_id` is what asked for an answer: its rights, as they are then, say what may be read for it. `files` are
    those that an answer draws on. No conversation waits for two answers. `turns` are kept while an answer is made, and
    go as it is there."""

    __tablename__ = "chat_messages"
    __table_args__ = (
        Index("uq_chat_messages_conversation_id_number", "conversation_id", "number", unique=True),
        Index(
            "uq_chat_messages_pending",
            "conversation_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[str] = mapped_column(_Prefixed, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    number: Mapped[int] = mapped_column(Integer)
    role: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    content: Mapped[str] = mapped_column(Text)
    key_id: Mapped[str | None] = mapped_column(Id)
    error_code: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(Text)
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    files: Mapped[list[str]] = mapped_column(JSON, default=list)
    turns: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    turns_count: Mapped[int] = mapped_column(Integer, default=0)
    model: Mapped[str] = mapped_column(String(100), default="")
    input_tokens: Mapped[int] = mapped_column(Integer, default=0)
    output_tokens: Mapped[int] = mapped_column(Integer, default=0)
    cost_usd: Mapped[float] = mapped_column(Float, default=0.0)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Memory(Base):
    """What its owner has the assistant keep in mind in all conversations."""

    __tablename__ = "memories"
    __table_args__ = (Index("ix_memories_owner", "tenant_id", "owner_id"),)

    id: Mapped[str] = mapped_column(_Prefixed, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    owner_id: Mapped[str] = mapped_column(Id)
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
