"""websites and their crawls"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

_TABLES = ("crawl_pages", "crawl_sites", "crawl_urls", "crawls")


def upgrade() -> None:
    _create_crawl_pages()
    _create_crawl_sites()
    _create_crawl_urls()
    _create_crawls()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)  # and its indexes


def _create_crawl_pages() -> None:
    op.create_table(
        "crawl_pages",
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=True),
        sa.Column("duplicate_of", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.String(length=100), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "key", name=op.f("pk_crawl_pages")),
    )
    with op.batch_alter_table("crawl_pages") as batch_op:
        batch_op.create_index(batch_op.f("ix_crawl_pages_file_id"), ["file_id"], unique=False)


def _create_crawl_sites() -> None:
    op.create_table(
        "crawl_sites",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("dataset_id", sa.String(length=26), nullable=False),
        sa.Column("start_url", sa.Text(), nullable=False),
        sa.Column("start_key", sa.String(length=32), nullable=False),
        sa.Column("max_pages", sa.Integer(), nullable=False),
        sa.Column("max_depth", sa.Integer(), nullable=False),
        sa.Column("max_minutes", sa.Integer(), nullable=True),
        sa.Column("path_prefix", sa.Text(), nullable=True),
        sa.Column("include", sa.JSON(), nullable=False),
        sa.Column("exclude", sa.JSON(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("urls", sa.JSON(), nullable=False),
        sa.Column("use_sitemaps", sa.Boolean(), nullable=False),
        sa.Column("boilerplate", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawl_sites")),
    )
    with op.batch_alter_table("crawl_sites") as batch_op:
        batch_op.create_index("uq_crawl_sites_start", ["dataset_id", "start_key"], unique=True)


def _create_crawl_urls() -> None:
    op.create_table(
        "crawl_urls",
        sa.Column("crawl_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("via", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("crawl_id", "key", name=op.f("pk_crawl_urls")),
    )
    with op.batch_alter_table("crawl_urls") as batch_op:
        batch_op.create_index("ix_crawl_urls_outcome", ["crawl_id", "outcome", "number"], unique=False)


def _create_crawls() -> None:
    op.create_table(
        "crawls",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("tenant_id", sa.String(length=26), nullable=False),
        sa.Column("dataset_id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked", sa.String(length=16), nullable=True),
        sa.Column("trigger", sa.String(length=16), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("stopped_by", sa.String(length=32), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("pages_crawled", sa.Integer(), nullable=False),
        sa.Column("pages_failed", sa.Integer(), nullable=False),
        sa.Column("bytes_fetched", sa.BigInteger(), nullable=False),
        sa.Column("seconds_spent", sa.Integer(), nullable=False),
        sa.Column("removals", sa.Integer(), nullable=False),
        sa.Column("stats", sa.JSON(), nullable=False),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawls")),
    )
    with op.batch_alter_table("crawls") as batch_op:
        batch_op.create_index("ix_crawls_dataset", ["dataset_id", "id"], unique=False)
        batch_op.create_index("ix_crawls_site", ["site_id", "id"], unique=False)
        batch_op.create_index(
            "uq_crawls_unfinished",
            ["site_id"],
            unique=True,
            sqlite_where=sa.text("state in ('queued', 'running', 'paused')"),
            postgresql_where=sa.text("state in ('queued', 'running', 'paused')"),
        )
