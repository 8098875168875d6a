"""Running heads and feet: what stands at the same place at the edge of many pages, page numbers aside."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from ingest.parsers.lines import Line, PageLines

_EDGE = 0.13  # of the page's height, at the top and at the bottom
_LEAST_PAGES = 3
_LEAST_SHARE = 0.2  # left and right pages have heads of their own
_ENOUGH_PAGES = 5  # chapters have heads of their own in long documents
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_GRID = 6.0  # points: heads jump by a little from page to page


def without_furniture(pages: list[PageLines]) -> list[PageLines]:
    """Documents of fewer than three pages are left as they are: nothing repeats often enough to tell."""
    if len(pages) < _LEAST_PAGES:
        return pages
    seen = Counter(mark for page in pages for mark in {_mark(line) for line in page.lines if _at_edge(line, page)})
    needed = max(_LEAST_PAGES, min(_LEAST_SHARE * len(pages), _ENOUGH_PAGES))
    return [
        replace(
            page,
            lines=[line for line in page.lines if not (_at_edge(line, page) and seen[_mark(line)] >= needed)],
        )
        for page in pages
    ]


def _at_edge(line: Line, page: PageLines) -> bool:
    return line.box.bottom < page.height * _EDGE or line.box.top > page.height * (1 - _EDGE)


def _mark(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text).strip().lower(), round(line.baseline / _GRID)
