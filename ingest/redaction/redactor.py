"""Puts placeholders where personal data stood, and counts them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from ingest.redaction.addresses import machines, mailboxes
from ingest.redaction.national_ids import national_ids
from ingest.redaction.numbers import Span, cards, ibans
from ingest.redaction.phones import phones
from ingest.redaction.types import PersonalKind, Redaction

_PROMISING = re.compile(r"@|\d|::")
_SHORT = 500
"""Characters up to which a text is remembered: headings and cells come again and again."""

_FOUND = "\x00"
"""In the place of what was found already, while the next kind is looked for: nothing matches it."""


class Redactor:
    """For one document. A text that was seen before gives the same again, and is counted again only where asked to."""

    def __init__(self, wanted: Redaction) -> None:
        self._wanted = wanted
        self._counts: Counter[PersonalKind] = Counter()
        self._cache: dict[tuple[str, str], tuple[str, Counter[PersonalKind]]] = {}

    @property
    def counts(self) -> Mapping[PersonalKind, int]:
        return {kind: self._counts[kind] for kind in PersonalKind if self._counts[kind]}

    def text(self, text: str, *, near: str = "", counted: bool = True) -> str:
        """`near`: what stands beside it and says what its figures are, such as the head of a column."""
        if not self._wanted.kinds or _PROMISING.search(text) is None:
            return text
        known = self._cache.get((text, near)) or self._redacted(text, near)
        if len(text) <= _SHORT:
            self._cache[text, near] = known
        if counted:
            self._counts.update(known[1])
        return known[0]

    def _redacted(self, text: str, near: str) -> tuple[str, Counter[PersonalKind]]:
        found: list[tuple[int, int, PersonalKind]] = []
        left = text
        for kind in self._wanted.kinds:
            for start, end in _apart(self._spans(kind, left, near)):
                found.append((start, end, kind))
                left = left[:start] + _FOUND * (end - start) + left[end:]
        parts, last = [], 0
        for start, end, kind in sorted(found):
            parts += [text[last:start], kind.placeholder]
            last = end
        return "".join([*parts, text[last:]]), Counter(kind for _, _, kind in found)

    def _spans(self, kind: PersonalKind, text: str, near: str) -> Iterator[Span]:
        match kind:
            case PersonalKind.EMAIL:
                return mailboxes(text)
            case PersonalKind.IBAN:
                return ibans(text)
            case PersonalKind.CARD:
                return cards(text)
            case PersonalKind.IP:
                return machines(text)
            case PersonalKind.NATIONAL_ID:
                return national_ids(text, near=near, countries=self._wanted.countries)
            case PersonalKind.PHONE:
                return phones(text, near=near, countries=self._wanted.countries)


def _apart(spans: Iterator[Span]) -> list[Span]:
    """Those that overlap become one: two countries may know the same figures."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart
