"""Tables of crawls: what each did, and with each address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Boolean, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime

PAGES_IN_HAND = "in_hand/pages"
BYTES_IN_HAND = "in_hand/bytes"
"""Of pages that have come, and are not decided about yet."""


class Crawl(Base):
    """`asked` is what a person wants of a crawl that runs: `pause` or `cancel`. `settings` are the site's as it began,
    `stopped_by` a reason where there was more to do, `spent` seconds and bytes before an interruption. `stats` are its
    process's in the end, and what is in hand while it runs."""

    __tablename__ = "crawls"
    __table_args__ = (
        Index("ix_crawls_dataset", "dataset_id", "id"),
        Index("ix_crawls_site", "site_id", "id"),
        Index(
            "uq_crawls_unfinished",
            "site_id",
            unique=True,
            sqlite_where=text("state in ('queued', 'running', 'paused')"),
            postgresql_where=text("state in ('queued', 'running', 'paused')"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    dataset_id: Mapped[str] = mapped_column(Id)
    site_id: Mapped[str] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(16))
    asked: Mapped[str | None] = mapped_column(String(16))
    trigger: Mapped[str] = mapped_column(String(16))
    settings: Mapped[dict[str, object]] = mapped_column(JSON)
    stopped_by: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[str | None] = mapped_column(Text)
    pages_crawled: Mapped[int] = mapped_column(Integer, default=0)
    pages_failed: Mapped[int] = mapped_column(Integer, default=0)
    bytes_fetched: Mapped[int] = mapped_column(BigInteger, default=0)
    seconds_spent: Mapped[int] = mapped_column(Integer, default=0)
    removals: Mapped[int] = mapped_column(Integer, default=0)
    stats: Mapped[dict[str, float]] = mapped_column(JSON)
    scheduled_for: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def pages_come(self) -> int:
        """`pages_crawled`, and those that wait to be compared with others."""
        return self.pages_crawled + int(self.stats.get(PAGES_IN_HAND, 0))

    @property
    def bytes_come(self) -> int:
        return self.bytes_fetched + int(self.stats.get(BYTES_IN_HAND, 0))


class CrawlUrl(Base):
    """An address of a crawl: its frontier while `outcome` is waiting, its report afterwards. `rendered`: a browser has
    drawn it."""

    __tablename__ = "crawl_urls"
    __table_args__ = (Index("ix_crawl_urls_outcome", "crawl_id", "outcome", "number"),)

    crawl_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    url: Mapped[str] = mapped_column(Text)
    depth: Mapped[int] = mapped_column(Integer)
    via: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    detail: Mapped[str | None] = mapped_column(Text)
    target: Mapped[str | None] = mapped_column(Text)
    status: Mapped[int | None] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer, default=0)
    file_id: Mapped[str | None] = mapped_column(Id)
    rendered: Mapped[bool] = mapped_column(Boolean, default=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HostLease(Base):
    """A crawl that asks a host, until its lease ends. Crawls of one `place` share turns among themselves; `parts` is
    among how many places this one has been told to share the ceiling."""

    __tablename__ = "crawl_host_shares"

    host: Mapped[str] = mapped_column(String(300), primary_key=True)
    holder: Mapped[str] = mapped_column(Id, primary_key=True)
    place: Mapped[str] = mapped_column(String(32))
    parts: Mapped[int] = mapped_column(Integer)
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime)
