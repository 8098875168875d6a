"""what runs wait for and are told"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_task_blockers()
    _create_run_inputs()
    _create_run_waits()


def downgrade() -> None:
    with op.batch_alter_table("run_waits", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_run_waits_open",
            sqlite_where=sa.text("settled_at is null"),
            postgresql_where=sa.text("settled_at is null"),
        )

    op.drop_table("run_waits")
    with op.batch_alter_table("run_inputs", schema=None) as batch_op:
        batch_op.drop_index("ix_run_inputs_task")

    op.drop_table("run_inputs")
    with op.batch_alter_table("task_blockers", schema=None) as batch_op:
        batch_op.drop_index("ix_task_blockers_task")

    op.drop_table("task_blockers")


def _create_task_blockers() -> None:
    op.create_table(
        "task_blockers",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("task_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_by_kind", sa.String(length=16), nullable=False),
        sa.Column("created_by_id", sa.String(length=64), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("resolved_by_kind", sa.String(length=16), nullable=True),
        sa.Column("resolved_by_id", sa.String(length=64), nullable=True),
        sa.Column("resolved_by_name", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_blockers_task_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_blockers")),
    )
    with op.batch_alter_table("task_blockers", schema=None) as batch_op:
        batch_op.create_index("ix_task_blockers_task", ["task_id", "id"], unique=False)


def _create_run_inputs() -> None:
    op.create_table(
        "run_inputs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("task_id", sa.String(length=26), nullable=False),
        sa.Column("run_id", sa.String(length=26), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_kind", sa.String(length=16), nullable=False),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["task_runs.id"], name=op.f("fk_run_inputs_run_id_task_runs")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_run_inputs_task_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_inputs")),
    )
    with op.batch_alter_table("run_inputs", schema=None) as batch_op:
        batch_op.create_index("ix_run_inputs_task", ["task_id", "id"], unique=False)


def _create_run_waits() -> None:
    op.create_table(
        "run_waits",
        sa.Column("run_id", sa.String(length=26), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("task_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("ref_id", sa.String(length=26), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["task_runs.id"], name=op.f("fk_run_waits_run_id_task_runs")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_run_waits_task_id_tasks")),
        sa.PrimaryKeyConstraint("run_id", "turn", "call_id", name=op.f("pk_run_waits")),
    )
    with op.batch_alter_table("run_waits", schema=None) as batch_op:
        batch_op.create_index(
            "ix_run_waits_open",
            ["kind", "ref_id"],
            unique=False,
            sqlite_where=sa.text("settled_at is null"),
            postgresql_where=sa.text("settled_at is null"),
        )
