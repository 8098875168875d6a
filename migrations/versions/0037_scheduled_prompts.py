"""prompts of workspaces that come again and again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheduled_prompts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("last_task_id", sa.String(length=26), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_scheduled_prompts_tenant_id_tenants")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_scheduled_prompts_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_prompts")),
    )
    op.create_index("ix_scheduled_prompts_workspace", "scheduled_prompts", ["workspace_id", "id"])
    op.add_column("tasks", sa.Column("workspace_id", sa.String(length=26), nullable=True))
    op.create_index("ix_tasks_workspace", "tasks", ["workspace_id", "status"])
    # processes of the version before write no trigger
    op.add_column("schedule_runs", sa.Column("trigger", sa.String(length=16), nullable=False, server_default="timer"))


def downgrade() -> None:
    with op.batch_alter_table("schedule_runs") as batch:
        batch.drop_column("trigger")
    op.drop_index("ix_tasks_workspace", "tasks")
    with op.batch_alter_table("tasks") as batch:
        batch.drop_column("workspace_id")
    op.drop_table("scheduled_prompts")
