"""what chunks say, so that those that say nearly the same are found"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0040"
down_revision: str | None = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Chunks that are there get a row when their file is built anew."""
    op.create_table(
        "chunk_gists",
        sa.Column("chunk_id", sa.String(length=36), nullable=False),
        sa.Column("dataset_id", sa.String(length=26), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("gist", sa.LargeBinary(), nullable=False),
        *(sa.Column(f"key_{number}", sa.BigInteger(), nullable=False) for number in (1, 2, 3, 4)),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_chunk_gists_file_id_files")),
        sa.PrimaryKeyConstraint("chunk_id", name=op.f("pk_chunk_gists")),
    )
    op.create_index("ix_chunk_gists_place", "chunk_gists", ["file_id", "generation"])
    for number in (1, 2, 3, 4):
        op.create_index(f"ix_chunk_gists_key_{number}", "chunk_gists", ["dataset_id", f"key_{number}"])


def downgrade() -> None:
    op.drop_table("chunk_gists")
