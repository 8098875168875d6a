"""Tables of golden questions and of evaluations by them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class QuestionSet(Base):
    """Questions with known answers in one dataset. Every change is a new `version`."""

    __tablename__ = "question_sets"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    dataset_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GoldenQuestion(Base):
    """In the versions from `since` on, and before `until`. A question that changes is ended and added anew.

    `judgements`: a list of {file, grade, quote, marks}. `marks` are fingerprints of the judged passage's words
    (retrieval.search.citation); without them the whole file is judged.
    """

    __tablename__ = "golden_questions"
    __table_args__ = (Index("ix_golden_questions_set", "set_id", "since"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    set_id: Mapped[str] = mapped_column(ForeignKey("question_sets.id", ondelete="CASCADE"))
    query: Mapped[str] = mapped_column(Text)
    judgements: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    since: Mapped[int] = mapped_column(Integer)
    until: Mapped[int | None] = mapped_column(Integer)


class Evaluation(Base):
    """A job's work: configurations measured by a version of a question set."""

    __tablename__ = "evaluations"
    __table_args__ = (Index("ix_evaluations_set", "set_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    set_id: Mapped[str] = mapped_column(ForeignKey("question_sets.id", ondelete="CASCADE"))
    dataset_id: Mapped[str] = mapped_column(Id)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    configurations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    adopt: Mapped[bool]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
