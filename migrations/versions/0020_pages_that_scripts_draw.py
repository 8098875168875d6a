"""pages that scripts draw"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("crawl_sites", schema=None) as batch_op:
        batch_op.add_column(sa.Column("render", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("crawl_urls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rendered", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("crawl_urls", schema=None) as batch_op:
        batch_op.drop_column("rendered")
    with op.batch_alter_table("crawl_sites", schema=None) as batch_op:
        batch_op.drop_column("render")
