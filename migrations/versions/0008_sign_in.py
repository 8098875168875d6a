"""Signing in: passwords, sign-ins, resets; organizations; limits counted across processes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _extend_users()
    _extend_access_keys()
    _create_sign_ins()
    _create_password_resets()
    _create_organizations()
    op.create_table(
        "rate_windows",
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "window", name=op.f("pk_rate_windows")),
    )
    op.create_index(op.f("ix_rate_windows_ends_at"), "rate_windows", ["ends_at"])


def downgrade() -> None:
    for table in ("rate_windows", "organizations", "password_resets", "sign_ins"):
        op.drop_table(table)  # and its indexes
    with op.batch_alter_table("access_keys") as batch:
        batch.drop_index("ix_access_keys_organization_id")
        batch.drop_index("ix_access_keys_sign_in_id")
        for column in ("deleted_at", "organization_id", "sign_in_id"):
            batch.drop_column(column)
    with op.batch_alter_table("users") as batch:
        batch.drop_constraint("uq_users_number", type_="unique")
        for column in ("password_hash", "avatar_url", "number"):
            batch.drop_column(column)


def _extend_users() -> None:
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("avatar_url", sa.Text(), nullable=True))
        batch.add_column(sa.Column("password_hash", sa.String(length=200), nullable=True))
        batch.create_unique_constraint("uq_users_number", ["number"])
    users = sa.table("users", sa.column("id", sa.String), sa.column("number", sa.Integer))
    connection = op.get_bind()
    for number, (user_id,) in enumerate(connection.execute(sa.select(users.c.id).order_by(users.c.id)).all(), start=1):
        connection.execute(users.update().where(users.c.id == user_id).values(number=number))


def _extend_access_keys() -> None:
    op.add_column("access_keys", sa.Column("sign_in_id", sa.String(length=26), nullable=True))
    op.add_column("access_keys", sa.Column("organization_id", sa.String(length=26), nullable=True))
    op.add_column("access_keys", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_access_keys_sign_in_id", "access_keys", ["sign_in_id"])
    op.create_index("ix_access_keys_organization_id", "access_keys", ["organization_id"])


def _create_sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("refresh_hash", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=True),
        sa.Column("ip", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_sign_ins_tenant_id_tenants")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("refresh_hash", name=op.f("uq_sign_ins_refresh_hash")),
    )
    op.create_index("ix_sign_ins_user_id", "sign_ins", ["user_id"])
    op.create_index("ix_sign_ins_previous_hash", "sign_ins", ["previous_hash"])


def _create_password_resets() -> None:
    op.create_table(
        "password_resets",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
    )
    op.create_index("ix_password_resets_user_id", "password_resets", ["user_id"])


def _create_organizations() -> None:
    op.create_table(
        "organizations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("avatar_url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_organizations_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
    )
    op.create_index(
        "uq_organizations_living_slug",
        "organizations",
        ["tenant_id", "slug"],
        unique=True,
        sqlite_where=sa.text("deleted_at is null"),
        postgresql_where=sa.text("deleted_at is null"),
    )
