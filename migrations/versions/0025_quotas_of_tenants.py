"""quotas of tenants"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tenant_quotas",
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("set_by", sa.String(length=16), nullable=False),
        sa.Column("storage", sa.BigInteger(), nullable=True),
        sa.Column("chunks", sa.BigInteger(), nullable=True),
        sa.Column("searches", sa.BigInteger(), nullable=True),
        sa.Column("requests", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tenant_quotas_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "set_by", name=op.f("pk_tenant_quotas")),
    )


def downgrade() -> None:
    op.drop_table("tenant_quotas")
