"""Tables of the websites that a dataset is made of, and of what their pages are now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Id, UtcDateTime


class CrawlSite(Base):
    """A website with how it is to be crawled. `boilerplate` are hashes of lines that its pages share, joined, in
    hex."""

    __tablename__ = "crawl_sites"
    __table_args__ = (Index("uq_crawl_sites_start", "dataset_id", "start_key", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Id)
    dataset_id: Mapped[str] = mapped_column(Id)
    start_url: Mapped[str] = mapped_column(Text)
    start_key: Mapped[str] = mapped_column(String(32))
    max_pages: Mapped[int] = mapped_column(Integer)
    max_depth: Mapped[int] = mapped_column(Integer)
    max_minutes: Mapped[int | None] = mapped_column(Integer)
    path_prefix: Mapped[str | None] = mapped_column(Text)
    include: Mapped[list[str]] = mapped_column(JSON)
    exclude: Mapped[list[str]] = mapped_column(JSON)
    mode: Mapped[str] = mapped_column(String(16))
    urls: Mapped[list[str]] = mapped_column(JSON)
    use_sitemaps: Mapped[bool] = mapped_column(Boolean)
    render: Mapped[bool] = mapped_column(Boolean, default=False)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    merge_near_duplicates: Mapped[bool] = mapped_column(Boolean, default=True)
    boilerplate: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PageVersion(Base):
    """What a page said from a moment on: its lines without the site's boilerplate, compressed. `text` None: a kind of
    file that is not shown as text."""

    __tablename__ = "crawl_page_versions"

    site_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    crawl_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(Text)
    characters: Mapped[int] = mapped_column(Integer)
    text: Mapped[bytes | None] = mapped_column(LargeBinary)


class SitePage(Base):
    """An address of a site that is or was a page. `missed` counts crawls in a row that did not find it; `lines` are
    hashes of what it says, `common` those of them that it shares with the site's pages and is not indexed for, `gist`
    what tells how alike it is to others; `duplicate_of` the address under which the same is indexed, and
    `duplicate_by` the reason. One that has both that and a file has just lost its place: the file goes as the crawl
    ends. `alternate_of` is the address that stands for all translations of the page."""

    __tablename__ = "crawl_pages"

    site_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    depth: Mapped[int] = mapped_column(Integer)
    file_id: Mapped[str | None] = mapped_column(Id, index=True)
    duplicate_of: Mapped[str | None] = mapped_column(Text)
    duplicate_by: Mapped[str | None] = mapped_column(String(32))
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(String(64))
    lines: Mapped[bytes] = mapped_column(LargeBinary)
    common: Mapped[bytes | None] = mapped_column(LargeBinary)
    gist: Mapped[bytes | None] = mapped_column(LargeBinary)
    characters: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(32))
    alternate_of: Mapped[str | None] = mapped_column(Text)
    missed: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int] = mapped_column(Integer, default=1)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
