"""Which lines are headings, and of what level: the outline where there is one, else numbering and the rank of sizes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.parsers.lines import Line

_NUMBER = re.compile(
    r"^(?:(?:chapter|section|part|appendix|kapitel)\s+)?((?:\d{1,2}|[A-Z])(?:\.\d{1,2})*)\.?\s+\S", re.IGNORECASE
)
_MARKER = re.compile(r"^\W*(?:\(?\d{1,3}[.)]?|[a-zA-Z][.)])?\W*$")
_BULLET = re.compile(r"^[•●▪◦‣\u2043∙·❖➢✓\uf0b7\uf0a7]")
_LARGER = 1.12  # than the body: rounding and small shifts stay below
_MOST_LARGER = 1.3  # than the body: beyond it, type is large enough for a title of many lines
_MOST_TOGETHER = 3.0  # lines of one style below each other, on average: more are a text that is set apart, or a list
_MOST_CHARACTERS = 160
_SENTENCE_END = (".", ",", ";", ":", "-")
_LEAST_ENTRIES = 3
_LEAST_MATCHED = 0.5  # of an outline's entries: below it other headings are looked for too


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """`level` counts from 1, `page` from 1."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    is_bold: bool


class HeadingRules:
    """Learnt from all lines of a document."""

    def __init__(self, lines: Sequence[Line], outline: Sequence[OutlineEntry]) -> None:
        self._body = _body_style(lines)
        self._texts = _styles_of_texts(lines, self._body)
        self._outline, fits = _matched_outline(lines, outline)
        self._ranks = {} if fits else self._rank(lines)
        self._top = self._top_of_numbers(lines)

    @property
    def body_size(self) -> float:
        return self._body.size

    def level_of(self, line: Line) -> int:
        """0 for a line that is no heading."""
        named = self._outline.get((line.box.page, _key(line.text)), 0) if self._outline else 0
        if named or not self._ranks:
            return named
        if not self._may_be_heading(line):
            return 0
        rank = self._of(line)
        depth = _depth(line.text)
        return min(rank if not rank or depth is None else max(self._top + depth, 1), 6)

    def _top_of_numbers(self, lines: Sequence[Line]) -> int:
        """Level of a heading that is numbered with one figure: numbers tell levels from each other, whether or not
        styles do, and the style of those with the fewest figures tells where they begin."""
        found = [(depth, line) for line in lines if (depth := _depth(line.text)) is not None]
        ranked = [(depth, rank) for depth, line in found if self._may_be_heading(line) and (rank := self._of(line))]
        least = min((depth for depth, _ in ranked), default=0)
        ranks = Counter(rank for depth, rank in ranked if depth == least)
        return ranks.most_common(1)[0][0] - least if ranks else 1

    def _of(self, line: Line) -> int:
        return self._ranks.get(_style(line), 0)

    def _rank(self, lines: Sequence[Line]) -> Mapping[_Style, int]:
        """Larger first, bold before regular. Sizes that occur on list markers only never get here, and those
        used once, as on a cover where every line has its own, are fitted in between the others."""
        candidates = [line for line in lines if self._may_be_heading(line)]
        inside = [line for line in candidates if line.box.page > lines[0].box.page]
        uses = Counter(_style(line) for line in inside or candidates)
        styles = {style for style, count in uses.items() if count > 1} or set(uses)
        ordered = sorted(styles, key=lambda style: (-style.size, not style.is_bold))
        single = {_style(line) for line in candidates} - styles
        largest = max((style.size for style in styles | single), default=0)
        top = 1 if ordered and largest > ordered[0].size else 0  # a title of its own size
        ranks = {style: rank + top for rank, style in enumerate(ordered, start=1)}
        for style in single:
            above = sum(other.size > style.size for other in ordered)
            ranks[style] = above + (top if style.size < largest else 0) + 1
        return {style: min(rank, 6) for style, rank in ranks.items()}

    def _may_be_heading(self, line: Line) -> bool:
        text = line.text
        if len(text) > _MOST_CHARACTERS or _MARKER.match(text) or sum(map(str.isalpha, text)) < 2:
            return False
        if _BULLET.match(text) or _style(line) in self._texts:
            return False
        if line.size >= self._body.size * _LARGER:
            return not text.endswith((",", ";"))
        stands_out = line.is_bold and not self._body.is_bold and line.size >= self._body.size * 0.95
        return stands_out and not text.endswith(_SENTENCE_END) and not text[0].islower()


def _depth(text: str) -> int | None:
    """0 for "3 Results", 1 for "3.1 Data"; None without a number: a single letter may be an article."""
    number = _NUMBER.match(text)
    return number[1].count(".") if number and any(map(str.isdigit, number[1])) else None


def _style(line: Line) -> _Style:
    return _Style(round(line.size * 2) / 2, line.is_bold)


def _body_style(lines: Sequence[Line]) -> _Style:
    """The style of the most characters."""
    weights: Counter[_Style] = Counter()
    for line in lines:
        weights[_style(line)] += len(line.text)
    return weights.most_common(1)[0][0] if weights else _Style(10, is_bold=False)


def _styles_of_texts(lines: Sequence[Line], body: _Style) -> frozenset[_Style]:
    """Styles little larger than the body whose lines follow each other: headings stand alone."""
    runs: Counter[_Style] = Counter()
    count = Counter(_style(line) for line in lines)
    for above, below in pairwise([None, *lines]):
        if below is not None and (above is None or _style(above) != _style(below)):
            runs[_style(below)] += 1
    return frozenset(
        style
        for style, number in count.items()
        if style.size < body.size * _MOST_LARGER and number >= _MOST_TOGETHER * runs[style]
    )


def _matched_outline(
    lines: Sequence[Line], outline: Sequence[OutlineEntry]
) -> tuple[Mapping[tuple[int, str], int], bool]:
    """Page and text of the lines that the outline names, each with its level, and whether most of it was found.
    The first line on the page that the title begins with, or that is the title behind its number, is the one."""
    if len(outline) < _LEAST_ENTRIES:
        return {}, False
    on_page: dict[int, list[str]] = {}
    for line in lines:
        on_page.setdefault(line.box.page, []).append(_key(line.text))
    found: dict[tuple[int, str], int] = {}
    for entry in outline:
        wanted = _key(entry.title)
        match = next((key for key in on_page.get(entry.page, []) if _is_title(key, wanted)), None)
        if match is not None:
            found.setdefault((entry.page, match), min(entry.level, 6))
    return found, len(found) >= _LEAST_MATCHED * len(outline)


def _is_title(key: str, wanted: str) -> bool:
    if not key or not wanted:
        return False
    bare = key.lstrip("0123456789.")
    return wanted in {key, bare} or (len(key) > 12 and wanted.startswith((key, bare)))


def _key(text: str) -> str:
    return "".join(text.lower().split())
