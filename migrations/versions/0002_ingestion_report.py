"""What is known of how a file was ingested is kept with its generation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None

_ADDED = ("begun_at", "reading", "embedding_seconds", "truncations")


def upgrade() -> None:
    with op.batch_alter_table("file_generations", schema=None) as table:
        table.add_column(sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("reading", sa.JSON(), nullable=True))
        table.add_column(sa.Column("embedding_seconds", sa.Float(), nullable=False, server_default=sa.text("0")))
        table.add_column(sa.Column("truncations", sa.Integer(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    with op.batch_alter_table("file_generations", schema=None) as table:
        for column in reversed(_ADDED):
            table.drop_column(column)
