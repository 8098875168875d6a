"""Crawls as callers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crawler.reasons import Outcome, Reason


class CrawlState(StrEnum):
    """`held`: it is done, and what it would remove waits for a person."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    HELD = "held"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (CrawlState.QUEUED, CrawlState.RUNNING, CrawlState.PAUSED)


class ShownCrawlStatus(StrEnum):
    """The words of the published API."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


SHOWN = {
    CrawlState.QUEUED: ShownCrawlStatus.QUEUED,
    CrawlState.RUNNING: ShownCrawlStatus.RUNNING,
    CrawlState.PAUSED: ShownCrawlStatus.QUEUED,
    CrawlState.HELD: ShownCrawlStatus.COMPLETED,
    CrawlState.COMPLETED: ShownCrawlStatus.COMPLETED,
    CrawlState.FAILED: ShownCrawlStatus.FAILED,
    CrawlState.CANCELLED: ShownCrawlStatus.FAILED,
}


class Asked(StrEnum):
    """What a person wants of a crawl that runs."""

    PAUSE = "pause"
    CANCEL = "cancel"


class Trigger(StrEnum):
    MANUAL = "manual"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class CrawlView:
    """`counts` are the addresses by outcome; `pages_indexed` those that searches find now, `pages_rendered` those that
    a browser has drawn."""

    id: str
    site_id: str
    start_url: str
    state: CrawlState
    trigger: Trigger
    pages_crawled: int
    pages_indexed: int
    pages_failed: int
    pages_rendered: int
    bytes_fetched: int
    removals: int
    counts: Mapping[Outcome, int]
    stopped_by: Reason | None
    error: str | None
    scheduled_for: datetime | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None

    @property
    def status(self) -> ShownCrawlStatus:
        return SHOWN[self.state]


@dataclass(frozen=True, slots=True)
class CrawlUrlView:
    url: str
    outcome: Outcome
    reason: Reason | None
    detail: str | None
    target: str | None
    depth: int
    via: str | None
    status: int | None
    size: int
    file_id: str | None
    rendered: bool
    """Whether a browser has drawn it."""
    ended_at: datetime | None
    language: str | None = None
    alternate_of: str | None = None


@dataclass(frozen=True, slots=True)
class UrlQuery:
    """Those of the outcomes, or all; `containing` a piece of the address."""

    outcomes: Sequence[Outcome] = ()
    containing: str | None = None
