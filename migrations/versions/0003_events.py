"""What happened, for those who watch; and jobs that say which dataset they are about and how far they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None

_FILES_OF_JOBS = "select dataset_id from files where files.id = jobs.subject"
_DATASETS_OF_JOBS = "select id from datasets where datasets.id = jobs.subject"


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("dataset_id", sa.String(length=26), nullable=True),
        sa.Column("topic", sa.String(length=64), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_tenant", "events", ["tenant_id", "id"])
    op.create_index("ix_events_dataset", "events", ["dataset_id", "at"])
    op.create_index("ix_events_at", "events", ["at"])
    # Nullable columns without a default: no table is rewritten, and the code before this one goes on inserting.
    op.add_column("jobs", sa.Column("dataset_id", sa.String(length=26), nullable=True))
    op.add_column("jobs", sa.Column("stage", sa.String(length=32), nullable=True))
    op.add_column("jobs", sa.Column("done", sa.Integer(), nullable=True))
    op.add_column("jobs", sa.Column("total", sa.Integer(), nullable=True))
    op.create_index("ix_jobs_tenant", "jobs", ["tenant_id", "id"])
    op.create_index("ix_jobs_dataset", "jobs", ["dataset_id", "state"])
    op.execute(f"update jobs set dataset_id = coalesce(({_FILES_OF_JOBS}), ({_DATASETS_OF_JOBS}))")  # noqa: S608 - constants


def downgrade() -> None:
    op.drop_index("ix_jobs_dataset", table_name="jobs")
    op.drop_index("ix_jobs_tenant", table_name="jobs")
    for column in ("total", "done", "stage", "dataset_id"):
        op.drop_column("jobs", column)
    op.drop_table("events")
