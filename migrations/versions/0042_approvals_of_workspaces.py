"""approvals of workspaces, and which tokens made each other"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0042"
down_revision: str | None = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approvals", sa.Column("workspace_id", sa.String(length=26), nullable=True))
    op.add_column("approvals", sa.Column("asked_with", sa.String(length=26), nullable=True))
    op.create_index("ix_approvals_workspace", "approvals", ["workspace_id", "id"])
    op.add_column("access_keys", sa.Column("origin_id", sa.String(length=26), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("access_keys") as batch:
        batch.drop_column("origin_id")
    op.drop_index("ix_approvals_workspace", "approvals")
    with op.batch_alter_table("approvals") as batch:
        batch.drop_column("asked_with")
        batch.drop_column("workspace_id")
