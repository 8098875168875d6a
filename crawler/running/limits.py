"""What one crawl may take, and how it behaves: the installation's side of it."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.engine.messages import Rendering

GRACE = 2
"""Crawls in a row that must miss a page before it is removed."""

LEAST_REMOVALS = 3
"""Fewer than this are removed without asking, whatever their share is, unless nothing would be left."""


def is_too_much(count: int, *, of: int, share: float) -> bool:
    """For a crawl to take from a dataset without a person: more than the share of a site's pages, or all of them."""
    return count > 0 and ((count >= LEAST_REMOVALS and count > share * of) or count >= of)


@dataclass(frozen=True, slots=True)
class CrawlLimits:
    """`removal_share` of a site's pages may be removed by one crawl without a person; `rendering` is for sites that
    want it."""

    user_agent: str
    pages_per_second: float
    concurrency: int
    timeout: float
    retries: int
    max_bytes: int
    max_page_bytes: int
    max_seconds: float
    memory_bytes: int
    removal_share: float
    rendering: Rendering
    egress_allow: str | None = None
