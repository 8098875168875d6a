"""Addresses without end: what a crawler walks into that follows every link."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from crawler.reasons import Reason

_REPEATS = 3
_DEEPEST_PATH = 20
_MOST_PARAMETERS = 6
_DATE = re.compile(
    r"(?:^|[/=_-])(?:19|20|21)\d{2}(?:[/_.-]\d{1,2}){1,2}(?=$|[/&?#])|(?:^|&)(?:year|month|day|date|week)=",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")


@dataclass(slots=True)
class Traps:
    """Counts what it has let through. `longest_chain` bounds how many pages of one shape may lead from one to the next,
    for dates and for other parameters; `combinations` how many values the parameters of one path may take together, by
    the number of parameters."""

    longest_chain: tuple[int, int] = (24, 100)
    combinations: tuple[int, ...] = (0, 20_000, 200, 60, 30, 20, 20)
    _taken: Counter[str] = field(default_factory=Counter)
    _chains: dict[str, int] = field(default_factory=dict)

    def judge(self, url: str, *, via: str | None) -> Reason | None:
        """The reason to keep out, or None; then the address counts as taken."""
        parts = urlsplit(url)
        words = [word for word in parts.path.split("/") if word]
        if len(words) > _DEEPEST_PATH or _goes_round(words):
            return Reason.TRAP_PATH
        parameters = parse_qsl(parts.query, keep_blank_values=True)
        if len(parameters) > _MOST_PARAMETERS:
            return Reason.TRAP_QUERY
        is_date = _is_date(parts.path, parts.query)
        chain = self._chain(url, via) if is_date or parameters else 0
        if chain > self.longest_chain[0 if is_date else 1]:
            return Reason.TRAP_CALENDAR if is_date else Reason.TRAP_QUERY
        if parameters and not self._has_room(f"{parts.netloc}{parts.path}", sorted(name for name, _ in parameters)):
            return Reason.TRAP_QUERY
        if chain:
            self._chains[url] = chain
        return None

    def _has_room(self, path: str, names: list[str]) -> bool:
        shape = f"{_NUMBER.sub('0', path)}?{'&'.join(names)}"
        if self._taken[shape] >= self.combinations[min(len(names), len(self.combinations) - 1)]:
            return False
        self._taken[shape] += 1
        return True

    def _chain(self, url: str, via: str | None) -> int:
        """How many addresses in a row have differed in their numbers only."""
        return 1 + (self._chains.get(via, 0) if via is not None and _shape(via) == _shape(url) else 0)


def _is_date(path: str, query: str) -> bool:
    """A date, and nothing said beside it: not an article filed under its day."""
    match = _DATE.search(path)
    if match is not None and match.end() >= len(path.rstrip("/")):
        return True
    return bool(_DATE.search(query))


def _shape(url: str) -> str:
    return _NUMBER.sub("0", url)


def _goes_round(words: list[str]) -> bool:
    """The same words again and again, as relative links on a page that answers under every path make them."""
    for length in (1, 2, 3):
        for start in range(len(words) - length * _REPEATS + 1):
            pattern = words[start : start + length]
            if words[start : start + length * _REPEATS] == pattern * _REPEATS:
                return True
    return max(Counter(words).values(), default=0) > _REPEATS
