"""what is kept of agents; lines of their logs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0041"
down_revision: str | None = "0040"
branch_labels = None
depends_on = None

_ADDED = (
    "created_at", "heartbeat_at", "current_task", "reported", "state", "workspace_path", "interval_seconds", "color",
    "emoji", "specialty", "name", "number", "is_added",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("agents", sa.Column("is_added", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("agents", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("agents", sa.Column("name", sa.String(length=200), nullable=True))
    op.add_column("agents", sa.Column("specialty", sa.String(length=64), nullable=True))
    op.add_column("agents", sa.Column("emoji", sa.String(length=32), nullable=True))
    op.add_column("agents", sa.Column("color", sa.String(length=16), nullable=True))
    op.add_column("agents", sa.Column("interval_seconds", sa.Integer(), nullable=True))
    op.add_column("agents", sa.Column("workspace_path", sa.String(length=500), nullable=True))
    op.add_column("agents", sa.Column("state", sa.String(length=16), nullable=True))
    op.add_column("agents", sa.Column("reported", sa.String(length=16), nullable=True))
    op.add_column("agents", sa.Column("current_task", sa.String(length=300), nullable=True))
    op.add_column("agents", sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agents", sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("uq_agents_number", "agents", ["tenant_id", "number"], unique=True)
    op.create_table(
        "agent_log_lines",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("author_kind", sa.String(length=16), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_agent_log_lines_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_log_lines")),
    )
    op.create_index("ix_agent_log_lines_role", "agent_log_lines", ["tenant_id", "role", "id"])
    op.create_index("ix_task_events_time", "task_events", ["tenant_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_task_events_time", "task_events")
    op.drop_table("agent_log_lines")  # and its index
    op.drop_index("uq_agents_number", "agents")
    with op.batch_alter_table("agents") as batch:
        for column in _ADDED:
            batch.drop_column(column)
