"""text recognition"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("datasets", sa.Column("ocr_max_pages", sa.Integer(), nullable=True))
    for name in ("pages_done", "pages_total"):
        op.add_column("files", sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    for name in ("pages_total", "pages_done"):
        op.drop_column("files", name)
    op.drop_column("datasets", "ocr_max_pages")
