"""numbers of tasks and projects; what else the platform says of a task"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0039"
down_revision: str | None = "0038"
branch_labels = None
depends_on = None

_ADDED = ("due_at", "max_duration_seconds", "estimated_minutes", "resolution", "tags", "number")


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_counters_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "what", name=op.f("pk_counters")),
    )
    op.add_column("projects", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("tasks", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("tasks", sa.Column("tags", sa.String(length=500), nullable=False, server_default=""))
    op.add_column("tasks", sa.Column("resolution", sa.Text(), nullable=True))
    op.add_column("tasks", sa.Column("estimated_minutes", sa.Integer(), nullable=True))
    op.add_column("tasks", sa.Column("max_duration_seconds", sa.Integer(), nullable=True))
    op.add_column("tasks", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    _number("tasks", "task")
    _number("projects", "project")
    op.create_index("uq_tasks_number", "tasks", ["tenant_id", "number"], unique=True)
    op.create_index("uq_projects_number", "projects", ["tenant_id", "number"], unique=True)
    op.create_index("ix_tasks_title", "tasks", ["tenant_id", "title"])


def downgrade() -> None:
    op.drop_index("ix_tasks_title", "tasks")
    op.drop_index("uq_projects_number", "projects")
    op.drop_index("uq_tasks_number", "tasks")
    for column in _ADDED:
        op.drop_column("tasks", column)
    op.drop_column("projects", "number")
    op.drop_table("counters")


def _number(table: str, what: str) -> None:
    """In the order in which they were made, which is that of their ids. A process of the version before may add rows
    without a number after this: see orchestration.tasks.numbers."""
    rows = sa.table(table, sa.column("id"), sa.column("tenant_id"), sa.column("number"))
    turn = sa.func.row_number().over(partition_by=rows.c.tenant_id, order_by=rows.c.id).label("turn")
    line = sa.select(rows.c.id, turn).subquery()
    op.execute(rows.update().where(rows.c.id == line.c.id).values(number=line.c.turn))
    counters = sa.table("counters", sa.column("tenant_id"), sa.column("what"), sa.column("newest"))
    counted = sa.select(rows.c.tenant_id, sa.literal(what), sa.func.count()).group_by(rows.c.tenant_id)
    op.execute(counters.insert().from_select(["tenant_id", "what", "newest"], counted))
