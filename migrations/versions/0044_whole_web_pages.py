"""whole web pages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0044"
down_revision: str | None = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "datasets", sa.Column("only_main_content", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.add_column("files", sa.Column("only_main_content", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("files", "only_main_content")
    op.drop_column("datasets", "only_main_content")
