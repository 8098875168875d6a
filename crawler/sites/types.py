"""Websites as callers see and change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kit.schedules.types import Trigger

DEFAULT_MAX_PAGES = 200
DEFAULT_MAX_DEPTH = 3


class CrawlMode(StrEnum):
    """`site` follows links and sitemaps, `sitemap` takes only what sitemaps list, `list` only the addresses given."""

    SITE = "site"
    SITEMAP = "sitemap"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """How a site is crawled. `max_minutes` None: as the installation's limit says. `render`: pages without text are
    drawn in a browser. `languages` are those of pages that are kept, all where none is given; `merge_near_duplicates`
    whether pages that say nearly the same are one file."""

    start_url: str
    max_pages: int = DEFAULT_MAX_PAGES
    max_depth: int = DEFAULT_MAX_DEPTH
    max_minutes: int | None = None
    path_prefix: str | None = None
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    mode: CrawlMode = CrawlMode.SITE
    urls: Sequence[str] = ()
    use_sitemaps: bool = True
    render: bool = False
    languages: Sequence[str] = ()
    merge_near_duplicates: bool = True


@dataclass(frozen=True, slots=True)
class SiteSchedule:
    """When a site is crawled by itself. `cron` for trigger `cron` only."""

    trigger: Trigger = Trigger.MANUAL
    cron: str | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class SiteView:
    id: str
    dataset_id: str
    settings: SiteSettings
    pages: int
    """Pages that are in the dataset."""
    has_login: bool
    """Whether crawls show a login to the site; what it is is not shown."""
    schedule: SiteSchedule
    next_at: datetime | None
    created_at: datetime
    updated_at: datetime
