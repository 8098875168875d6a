"""How a dataset is searched where a search does not say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("datasets") as table:
        table.add_column(sa.Column("hybrid_alpha", sa.Float(), nullable=True))
        table.add_column(sa.Column("fusion", sa.String(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("datasets") as table:
        table.drop_column("fusion")
        table.drop_column("hybrid_alpha")
