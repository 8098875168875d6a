"""shares of hosts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crawl_host_shares",
        sa.Column("host", sa.String(length=300), nullable=False),
        sa.Column("holder", sa.String(length=26), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("host", "holder", name=op.f("pk_crawl_host_shares")),
    )


def downgrade() -> None:
    op.drop_table("crawl_host_shares")
