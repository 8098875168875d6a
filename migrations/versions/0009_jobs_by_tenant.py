"""Jobs that wait are found by tenant, so that tenants can take turns."""

from __future__ import annotations

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_jobs_line", "jobs", ["queue", "state", "tenant_id", "priority", "run_after", "id"])
    op.drop_index("ix_jobs_claim", table_name="jobs")


def downgrade() -> None:
    op.create_index("ix_jobs_claim", "jobs", ["queue", "state", "priority", "run_after", "id"])
    op.drop_index("ix_jobs_line", table_name="jobs")
