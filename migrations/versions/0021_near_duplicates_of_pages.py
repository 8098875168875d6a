"""near duplicates of pages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("crawl_pages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gist", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("duplicate_by", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("alternate_of", sa.Text(), nullable=True))
    with op.batch_alter_table("crawl_sites", schema=None) as batch_op:
        batch_op.add_column(sa.Column("languages", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(sa.Column("merge_near_duplicates", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("crawl_sites", schema=None) as batch_op:
        batch_op.drop_column("merge_near_duplicates")
        batch_op.drop_column("languages")
    with op.batch_alter_table("crawl_pages", schema=None) as batch_op:
        batch_op.drop_column("alternate_of")
        batch_op.drop_column("duplicate_by")
        batch_op.drop_column("gist")
