"""What people change about chunks outlives a new build."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chunk_overlays",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("original", sa.Text(), nullable=True),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("token_count", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("heading_path", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_chunk_overlays_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunk_overlays")),
    )
    op.create_index("ix_chunk_overlays_file", "chunk_overlays", ["file_id"], unique=False)
    with op.batch_alter_table("chunks", schema=None) as table:
        table.add_column(sa.Column("overlay_id", sa.String(length=26), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("chunks", schema=None) as table:
        table.drop_column("overlay_id")
    op.drop_table("chunk_overlays")
