"""Lines that the pages of a site have in common are not what a page says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ingest.parsers.web.lines import LINE_BYTES, content_hash

LEAST_PAGES = 5
"""Pages that have to share a line before it counts as the site's."""

SHARE = 0.4
"""Of the pages seen: a cookie notice is on all of them, a "see also" box on the pages of a section."""

SAMPLE = 20
"""Pages after which there is something to compare."""


def split(joined: bytes) -> list[bytes]:
    return [joined[start : start + LINE_BYTES] for start in range(0, len(joined), LINE_BYTES)]


class Boilerplate:
    """Counts on how many pages each line is, once a page, and starts from what is known of the site already."""

    def __init__(self, known: bytes = b"") -> None:
        self._known = set(split(known))
        self._counts: Counter[bytes] = Counter()
        self._pages = 0
        self._lines: frozenset[bytes] | None = None  # asked for with every page, and a large site has many

    @property
    def pages(self) -> int:
        return self._pages

    @property
    def has_seen_enough(self) -> bool:
        return self._pages >= SAMPLE

    def see(self, lines: Sequence[bytes]) -> None:
        self._counts.update(set(lines))
        self._pages += 1
        self._lines = None

    def lines(self) -> frozenset[bytes]:
        """Those that the site's pages share, or shared until now: both count when a page is compared with what it said
        before."""
        if self._lines is None:
            self._lines = frozenset(self._shared() | self._known)
        return self._lines

    def joined(self) -> bytes:
        """What is to be known of the site from now on. On a recrawl only changed pages are looked at, so what was known
        goes only when many of them have come and none has it any more."""
        gone = {line for line in self._known if not self._counts[line]} if self.has_seen_enough else set()
        return b"".join(sorted((self._shared() | self._known) - gone))

    def _shared(self) -> set[bytes]:
        least = max(LEAST_PAGES, SHARE * self._pages)
        return {line for line, count in self._counts.items() if count >= least}


def said(lines: Iterable[bytes], boilerplate: frozenset[bytes]) -> str:
    """The hash of what is a page's own."""
    return content_hash(line for line in lines if line not in boilerplate)
