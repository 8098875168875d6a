"""embedding models change"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dataset_shelves",
        sa.Column("dataset_id", sa.String(length=26), nullable=False),
        sa.Column("collection", sa.String(length=200), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("embedding_provider", sa.String(length=64), nullable=False),
        sa.Column("embedding_model", sa.String(length=400), nullable=False),
        sa.Column("vector_size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_dataset_shelves_dataset_id_datasets")),
        sa.PrimaryKeyConstraint("dataset_id", "collection", name=op.f("pk_dataset_shelves")),
    )
    op.create_table(
        "model_changes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("dataset_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("policy", sa.String(length=16), nullable=False),
        sa.Column("old_model", sa.String(length=400), nullable=False),
        sa.Column("old_collection", sa.String(length=200), nullable=False),
        sa.Column("new_model", sa.String(length=400), nullable=False),
        sa.Column("new_collection", sa.String(length=200), nullable=False),
        sa.Column("is_return", sa.Boolean(), nullable=False),
        sa.Column("chunks_done", sa.Integer(), nullable=False),
        sa.Column("chunks_total", sa.Integer(), nullable=False),
        sa.Column("comparison", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_model_changes_dataset_id_datasets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_changes")),
    )
    op.create_index("ix_model_changes_dataset", "model_changes", ["dataset_id", "id"])
    is_open = sa.text("state in ('filling', 'ready')")
    op.create_index(
        "uq_model_changes_open", "model_changes", ["dataset_id"], unique=True,
        sqlite_where=is_open, postgresql_where=is_open,
    )  # fmt: skip
    op.create_table(
        "shelved_files",
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("collection", sa.String(length=200), nullable=False),
        sa.Column("dataset_id", sa.String(length=26), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=26), nullable=False),
        sa.Column("chunks_done", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_shelved_files_file_id_files")),
        sa.PrimaryKeyConstraint("file_id", "collection", name=op.f("pk_shelved_files")),
    )
    op.create_index("ix_shelved_files_dataset", "shelved_files", ["dataset_id", "collection"])


def downgrade() -> None:
    op.drop_table("shelved_files")
    op.drop_table("model_changes")
    op.drop_table("dataset_shelves")
