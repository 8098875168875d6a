"""Searches that were made, golden questions, and evaluations by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

_TABLES = ("search_records", "search_marks", "question_sets", "golden_questions", "evaluations")


def upgrade() -> None:
    _create_search_records()
    _create_search_marks()
    _create_question_sets()
    _create_golden_questions()
    _create_evaluations()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_search_records() -> None:
    op.create_table(
        "search_records",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("key_id", sa.String(length=26), nullable=False),
        sa.Column("key_name", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=True),
        sa.Column("agent_role", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("dataset_ids", sa.JSON(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("top_score", sa.Float(), nullable=False),
        sa.Column("total_ms", sa.Float(), nullable=False),
        sa.Column("embed_ms", sa.Float(), nullable=False),
        sa.Column("engine_ms", sa.Float(), nullable=False),
        sa.Column("rerank_ms", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_search_records_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_records")),
    )
    op.create_index("ix_search_records_tenant", "search_records", ["tenant_id", "id"])
    op.create_index("ix_search_records_at", "search_records", ["at"])


def _create_search_marks() -> None:
    op.create_table(
        "search_marks",
        sa.Column("record_id", sa.String(length=26), nullable=False),
        sa.Column("chunk_id", sa.String(length=36), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("key_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["search_records.id"],
            name=op.f("fk_search_marks_record_id_search_records"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("record_id", "chunk_id", name=op.f("pk_search_marks")),
    )


def _create_question_sets() -> None:
    op.create_table(
        "question_sets",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("dataset_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_question_sets_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_sets")),
        sa.UniqueConstraint("dataset_id", "name", name=op.f("uq_question_sets_dataset_id_name")),
    )


def _create_golden_questions() -> None:
    op.create_table(
        "golden_questions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("set_id", sa.String(length=26), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("judgements", sa.JSON(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_sets.id"], name=op.f("fk_golden_questions_set_id_question_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_questions")),
    )
    op.create_index("ix_golden_questions_set", "golden_questions", ["set_id", "since"])


def _create_evaluations() -> None:
    op.create_table(
        "evaluations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("set_id", sa.String(length=26), nullable=False),
        sa.Column("dataset_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("configurations", sa.JSON(), nullable=False),
        sa.Column("adopt", sa.Boolean(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_evaluations_tenant_id_tenants")),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_sets.id"], name=op.f("fk_evaluations_set_id_question_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
    )
    op.create_index("ix_evaluations_set", "evaluations", ["set_id", "id"])
