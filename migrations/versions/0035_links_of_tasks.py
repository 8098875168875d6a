"""links of tasks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_links",
        sa.Column("task_id", sa.String(length=26), nullable=False),
        sa.Column("other_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_links_task_id_tasks")),
        sa.ForeignKeyConstraint(["other_id"], ["tasks.id"], name=op.f("fk_task_links_other_id_tasks")),
        sa.PrimaryKeyConstraint("task_id", "other_id", "kind", name=op.f("pk_task_links")),
    )
    op.create_index(op.f("ix_task_links_other_id"), "task_links", ["other_id"])


def downgrade() -> None:
    op.drop_table("task_links")
