"""The numbers that Word puts before headings and list items, counted as Word counts them when it lays a page out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from ingest.parsers.office.counting import formatted
from ingest.parsers.office.package import attribute

_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    """`text` has %1 to %9 for the counters of this level and those above it."""

    form: str
    text: str
    start: int
    style: str | None


class WordNumbering:
    """Built from the root of numbering.xml, or None where the file has none. Labels are given in document order."""

    def __init__(self, root: etree._Element | None) -> None:
        abstract = {} if root is None else {attribute(one, "abstractNumId"): one for one in root.iter("{*}abstractNum")}
        self._of: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        for number in () if root is None else root.iter("{*}num"):
            key = attribute(number, "numId") or ""
            self._of[key] = attribute(number.find("{*}abstractNumId"), "val") or ""
            self._restarts[key] = _restarts(number)
        self._levels = {str(key): _levels(one) for key, one in abstract.items()}
        self._counters: dict[str, list[int | None]] = {}

    def level_of_style(self, number: str, style_id: str | None) -> int:
        """The level that a style stands for, where the style names only the list."""
        levels = self._levels.get(self._of.get(number, ""), {})
        return next((depth for depth, level in levels.items() if level.style and level.style == style_id), 0)

    def label(self, number: str, depth: int) -> str:
        """The next label of the list at this depth; empty for bullets and lists that are not there."""
        key = self._of.get(number, "")
        levels = self._levels.get(key, {})
        if depth not in levels:
            return ""
        counters = self._counters.setdefault(key, [None] * _LEVELS)
        if depth in (restarts := self._restarts.get(number, {})):
            counters[depth] = restarts.pop(depth) - 1
        before = counters[depth]
        counters[depth] = levels[depth].start if before is None else before + 1
        counters[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        return _PLACE.sub(lambda match: self._shown(levels, counters, int(match[1]) - 1), levels[depth].text).strip()

    @staticmethod
    def _shown(levels: Mapping[int, _Level], counters: list[int | None], depth: int) -> str:
        level = levels.get(depth)
        if level is None:
            return ""
        count = counters[depth]
        return formatted(level.start if count is None else count, level.form)


def _levels(abstract: etree._Element) -> dict[int, _Level]:
    """Without those that show bullets or nothing."""
    found: dict[int, _Level] = {}
    for element in abstract.iterchildren("{*}lvl"):
        depth, start = attribute(element, "ilvl") or "", attribute(element.find("{*}start"), "val") or "1"
        form = attribute(element.find("{*}numFmt"), "val") or "decimal"
        text = attribute(element.find("{*}lvlText"), "val") or ""
        style = attribute(element.find("{*}pStyle"), "val")
        if depth.isdecimal() and int(depth) < _LEVELS and form not in {"bullet", "none"}:
            found[int(depth)] = _Level(form, text, int(start) if start.isdecimal() else 1, style)
    return found


def _restarts(number: etree._Element) -> dict[int, int]:
    found: dict[int, int] = {}
    for override in number.iterchildren("{*}lvlOverride"):
        depth = attribute(override, "ilvl") or ""
        start = attribute(override.find("{*}startOverride"), "val") or ""
        if depth.isdecimal() and start.isdecimal():
            found[int(depth)] = int(start)
    return found
