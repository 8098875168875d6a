"""clients and spent refresh tokens"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clients",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("agent_role", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_clients_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )
    op.create_index("ix_clients_tenant_id", "clients", ["tenant_id"])
    op.add_column("access_keys", sa.Column("client_id", sa.String(length=26), nullable=True))
    op.create_index("ix_access_keys_client_id", "access_keys", ["client_id"])
    op.create_table(
        "spent_refresh_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("sign_in_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_ins.id"], name=op.f("fk_spent_refresh_tokens_sign_in_id_sign_ins")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_spent_refresh_tokens")),
    )
    op.create_index("ix_spent_refresh_tokens_sign_in_id", "spent_refresh_tokens", ["sign_in_id"])
    op.execute(
        "insert into spent_refresh_tokens (token_hash, sign_in_id) "
        "select previous_hash, id from sign_ins where previous_hash is not null and ended_at is null"
    )


def downgrade() -> None:
    op.drop_table("spent_refresh_tokens")  # with its index, as below
    op.drop_index("ix_access_keys_client_id", "access_keys")
    with op.batch_alter_table("access_keys") as batch:
        batch.drop_column("client_id")
    op.drop_table("clients")
