"""costs of turns that are not known"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("run_turns") as table:
        table.alter_column("cost_usd", existing_type=sa.Float(), nullable=True)


def downgrade() -> None:
    op.execute("UPDATE run_turns SET cost_usd = 0 WHERE cost_usd IS NULL")
    with op.batch_alter_table("run_turns") as table:
        table.alter_column("cost_usd", existing_type=sa.Float(), nullable=False)
