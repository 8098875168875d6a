"""Tables of what happens in a run: its turns, what it waits for, what people say to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class RunTurn(Base):
    """A turn that is finished: what the model said, and its calls with their results. Added, never changed, but that
    the texts of passages go when the run has ended, or when they are not the agent's to read any more.

    `calls`: id, name, arguments, result, and what was malformed in place of arguments. `result` None: the run waits for
    it, and `run_waits` has it. `cost_usd` None: not known.
    """

    __tablename__ = "run_turns"

    run_id: Mapped[str] = mapped_column(ForeignKey("task_runs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    tenant_id: Mapped[str] = mapped_column(Id)
    text: Mapped[str] = mapped_column(Text)
    calls: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    input_tokens: Mapped[int] = mapped_column(Integer)
    output_tokens: Mapped[int] = mapped_column(Integer)
    cost_usd: Mapped[float | None] = mapped_column(Float)
    seconds: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RunWait(Base):
    """A call whose result comes later, from the row that `kind` and `ref_id` name. `result` is JSON, None until it is
    there."""

    __tablename__ = "run_waits"
    __table_args__ = (
        Index(
            "ix_run_waits_open",
            "kind",
            "ref_id",
            sqlite_where=text("settled_at is null"),
            postgresql_where=text("settled_at is null"),
        ),
    )

    run_id: Mapped[str] = mapped_column(ForeignKey("task_runs.id"), primary_key=True)
    turn: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    call_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    kind: Mapped[str] = mapped_column(String(16))
    ref_id: Mapped[str] = mapped_column(Id)
    result: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RunInput(Base):
    """What a person said to whoever works on a task, in the middle of it: behind `turn` turns of the run, or before the
    first one of the next where no run was open."""

    __tablename__ = "run_inputs"
    __table_args__ = (Index("ix_run_inputs_task", "task_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    run_id: Mapped[str | None] = mapped_column(ForeignKey("task_runs.id"))
    turn: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    author_kind: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[str] = mapped_column(String(64))
    author_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
