"""The numbers that PowerPoint puts before paragraphs as it draws a slide."""

from __future__ import annotations

import re

from lxml import etree

from ingest.parsers.office.counting import formatted
from ingest.parsers.office.package import attribute

_FORMS = {"alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman", "romanUc": "upperRoman"}
_SCHEME = re.compile(r"(alphaLc|alphaUc|romanLc|romanUc)?.*?(ParenBoth|ParenR|Period|Minus|Plain)?")
_SIGNS = {"ParenBoth": "({})", "ParenR": "{})", "Plain": "{}", "Minus": "- {} -"}


class SlideNumbering:
    """Of one shape, whose paragraphs are told in their order."""

    def __init__(self) -> None:
        self._counters: dict[int, tuple[str, str, int]] = {}

    def label(self, properties: etree._Element | None, depth: int) -> str:
        """Of the next paragraph; empty where it has no number. A paragraph between without a number begins the count
        anew, unless it is at a lower level."""
        automatic = None if properties is None else properties.find("{*}buAutoNum")
        self._counters = {level: counter for level, counter in self._counters.items() if level <= depth}
        if automatic is None:
            self._counters.pop(depth, None)
            return ""
        scheme, start = attribute(automatic, "type") or "", attribute(automatic, "startAt") or "1"
        before = self._counters.get(depth)
        first = int(start) if start.isdecimal() else 1
        count = before[2] + 1 if before is not None and before[:2] == (scheme, start) else first
        self._counters[depth] = (scheme, start, count)
        return _shown(scheme, count)


def _shown(scheme: str, count: int) -> str:
    """`arabicPeriod`, `alphaLcParenR` and the like; Chinese, Thai and circled numbers are told in digits."""
    match = _SCHEME.fullmatch(scheme)
    form, sign = (match[1], match[2]) if match is not None else (None, None)
    return _SIGNS.get(sign or "", "{}.").format(formatted(count, _FORMS.get(form or "", "decimal")))
