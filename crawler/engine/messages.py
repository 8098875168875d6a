"""What goes to the process of a crawl and what comes back: a job once, then a line of JSON for each thing that
happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from crawler.reasons import Outcome, Reason


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page as the site's last crawl left it."""

    url: str
    depth: int = 1
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    content: str | None = None


class Waiting(msgspec.Struct, frozen=True, omit_defaults=True):
    """An address to ask for. `via` is the page that led to it; `soft` the reason for which it was passed over."""

    url: str
    depth: int
    via: str | None = None
    soft: Reason | None = None


class Scope(msgspec.Struct, frozen=True):
    """Which addresses belong to the crawl: those of the start's origin, in the path, and let through by the patterns.
    `*` in a pattern stands for anything; without one it is a piece of the address. Pages in other than the `languages`
    are led on from but not kept; none given: all."""

    start_url: str
    prefix: str = "/"
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    follow_links: bool = True
    use_sitemaps: bool = True
    urls: Sequence[str] = ()
    languages: Sequence[str] = ()


class Bounds(msgspec.Struct, frozen=True):
    """`counted` pages and `seconds_spent` belong to the crawl already, from before it was interrupted."""

    max_pages: int
    max_depth: int
    max_bytes: int
    max_page_bytes: int
    max_seconds: float
    memory_bytes: int
    counted: int = 0
    bytes_spent: int = 0
    seconds_spent: float = 0.0


class Manners(msgspec.Struct, frozen=True):
    """`pages_per_second` holds for a host over all crawls that share `hosts_folder`. Where it `is_shared`, others
    have a part of it too, and nothing is asked before the parent has told how many."""

    user_agent: str
    pages_per_second: float
    concurrency: int
    timeout: float
    retries: int
    hosts_folder: str
    is_shared: bool = False


class Rendering(msgspec.Struct, frozen=True):
    """For pages that a script draws: at most `pages` of them, in a browser that may take `memory_bytes`. `executable`
    None: the browser that Playwright has installed."""

    pages: int
    seconds: float
    concurrency: int
    memory_bytes: int
    executable: str | None = None
    sandbox: bool = True


class Job(msgspec.Struct, frozen=True):
    """`headers` go to the start's origin only, and are secret. `boilerplate` are hashes of lines, joined, in hex.
    `whole`: navigation, footers and forms are part of what pages say."""

    scope: Scope
    bounds: Bounds
    manners: Manners
    spool: str
    egress_allow: str | None = None
    headers: dict[str, str] = {}
    known: Sequence[Known] = ()
    waiting: Sequence[Waiting] = ()
    done: Sequence[str] = ()
    boilerplate: str = ""
    rendering: Rendering | None = None
    whole: bool = False

    def __repr__(self) -> str:
        return f"Job({self.scope.start_url!r}, {self.spool!r})"


class Found(msgspec.Struct, frozen=True, tag="found"):
    """Addresses that are new to the crawl."""

    urls: Sequence[Waiting]


TEXT_SUFFIX = ".txt"
"""Of the file beside a body that has what a reader sees of it, a line for each hash; none for what is no text."""


class Page(msgspec.Struct, frozen=True, tag="page", omit_defaults=True):
    """`body` is a file in the spool. `canonical` is another address of the site that the page gives as its own;
    `alternate_of` the one that stands for all its translations; `lines` are hashes of what it says, joined, in hex;
    `content` their hash without boilerplate."""

    url: str
    depth: int
    status: int
    mime_type: str
    body: str
    size: int
    sha256: str
    content: str
    lines: str = ""
    characters: int = 0
    etag: str | None = None
    last_modified: str | None = None
    canonical: str | None = None
    title: str = ""
    language: str | None = None
    alternate_of: str | None = None
    via: str | None = None
    rendered: bool = False


class Unchanged(msgspec.Struct, frozen=True, tag="unchanged", omit_defaults=True):
    url: str
    reason: Reason
    size: int = 0
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    rendered: bool = False


class Ended(msgspec.Struct, frozen=True, tag="ended", omit_defaults=True):
    """An address that led to no page. `target` is where it points instead."""

    url: str
    outcome: Outcome
    reason: Reason
    depth: int = 0
    detail: str = ""
    status: int = 0
    target: str | None = None
    size: int = 0
    via: str | None = None
    rendered: bool = False


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The last line of a process that ended by itself. `stopped_by` is None where nothing was left to do, and
    NOT_REACHED where the process was ended rather than the crawl; `reason` is what Scrapy says."""

    stopped_by: Reason | None
    stats: dict[str, float]
    reason: str = ""


Message: TypeAlias = Found | Page | Unchanged | Ended | Done
