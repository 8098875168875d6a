"""Which addresses a crawl takes, in which order, and how many of them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.engine.messages import Bounds, Scope, Waiting
from crawler.reasons import Reason
from crawler.traps import Traps
from crawler.urls import origin_of


@dataclass(frozen=True, slots=True)
class Borders:
    """What belongs to the crawl."""

    scope: Scope

    def reason_against(self, url: str) -> Reason | None:
        """None for what belongs to it. The address is of the crawl's origin already."""
        scope = self.scope
        if url == scope.start_url or url in scope.urls:
            return None
        if not urlsplit(url).path.startswith(scope.prefix):
            return Reason.OUTSIDE_PATH
        if any(matches(pattern, url) for pattern in scope.exclude):
            return Reason.EXCLUDED
        if scope.include and not any(matches(pattern, url) for pattern in scope.include):
            return Reason.EXCLUDED
        return None

    def is_home(self, url: str) -> bool:
        return origin_of(url) == origin_of(self.scope.start_url)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = (re.escape(piece) for piece in pattern.split("*"))
    return re.compile(".*".join(pieces))


def matches(pattern: str, url: str) -> bool:
    """Whether the pattern, with `*` for anything, is found in the address; a `/` at its start is that of the path."""
    text = urlsplit(url)._replace(scheme="", netloc="").geturl() if pattern.startswith("/") else url
    found = _compiled(pattern)
    return bool(found.match(text) if pattern.startswith("/") else found.search(text))


class Frontier:
    """Pages are counted as they are taken, so that a crawl never fetches more than it may; what turns out to be no page
    gives its place back, and the next in line gets it."""

    def __init__(self, scope: Scope, bounds: Bounds) -> None:
        self.borders = Borders(scope)
        self._bounds = bounds
        self._traps = Traps()
        self._seen: set[str] = set()
        self._soft: set[str] = set()
        self._line: deque[Waiting] = deque()
        self._taken = bounds.counted

    @property
    def is_full(self) -> bool:
        """Whether somebody waits for whom there is no place."""
        return bool(self._line) and self._taken >= self._bounds.max_pages

    def knows(self, url: str) -> bool:
        return url in self._seen

    def close(self, url: str) -> None:
        """It has been dealt with already."""
        self._seen.add(url)

    def restore(self, waiting: Waiting) -> None:
        """In line as before; its rules were applied then."""
        if waiting.soft is not None:
            self._soft.add(waiting.url)
        elif waiting.url not in self._seen:
            self._seen.add(waiting.url)
            self._line.append(waiting)

    def offer(self, url: str, *, depth: int, via: str | None) -> Reason | Waiting | None:
        """Puts a new address of the crawl's origin in line; or the reason why not, each reason once; or None for what
        has been offered before."""
        if url in self._seen:
            return None
        reason = self.borders.reason_against(url) or self._traps.judge(url, via=via)
        if reason is not None:
            self._seen.add(url)
            return reason
        if depth > self._bounds.max_depth:
            return self.pass_over(url, Reason.TOO_DEEP)
        self._seen.add(url)
        waiting = Waiting(url, depth, via)
        self._line.append(waiting)
        return waiting

    def pass_over(self, url: str, reason: Reason) -> Reason | None:
        """For now: another page may lead to it in a better way. None where that is known."""
        if url in self._seen or url in self._soft:
            return None
        self._soft.add(url)
        return reason

    def release(self) -> None:
        """What was taken last was no page."""
        self._taken -= 1

    def next(self) -> Iterator[Waiting]:
        """As many as there are places for."""
        while self._line and self._taken < self._bounds.max_pages:
            self._taken += 1
            yield self._line.popleft()
