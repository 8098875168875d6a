"""Which pages of a site say nearly the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crawler.languages import primary
from crawler.reasons import Reason
from crawler.sites.models import SitePage
from crawler.variants import family_of, title_without_version
from kit.gists import Gist

NEARLY = 0.9
"""Of the runs of words of both pages together, where only the text says that they are one: a page under two headings
of a site, with other crumbs and another box beside it. `make bench NAME=near_duplicates` has the measurement."""

VERSIONS = 0.8
"""The same where the addresses say that they are releases of one page."""

SLACK = 0.05
"""What was taken for one stays so a little longer, so that a page near the threshold does not come and go."""

_BAND = 32  # bytes of a gist, of eight hashes: pages at NEARLY have one of the first eight bands in common in 99 of 100
_BANDS = 8
_MOST = 8
"""Pages of one band that are looked at."""


@dataclass(frozen=True, slots=True)
class Entry:
    key: str
    url: str
    title: str
    language: str | None
    gist: Gist

    @classmethod
    def of(cls, page: SitePage) -> Entry | None:
        gist = Gist.unpacked(page.gist)
        return None if gist is None else cls(page.key, page.url, page.title, page.language, gist)


class Likenesses:
    """Of the pages that have a file."""

    def __init__(self, originals: Iterable[SitePage] = ()) -> None:
        self._entries: dict[str, Entry] = {}
        self._families: dict[str, dict[str, None]] = {}
        self._bands: dict[int, dict[str, None]] = {}
        for page in originals:
            self.add(Entry.of(page))

    def add(self, entry: Entry | None) -> None:
        if entry is None or entry.key in self._entries:
            return
        self._entries[entry.key] = entry
        self._families.setdefault(family_of(entry.url), {})[entry.key] = None
        for band in _bands(entry):
            self._bands.setdefault(band, {})[entry.key] = None

    def remove(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._families.get(family_of(entry.url), {}).pop(key, None)
            for band in _bands(entry):
                self._bands.get(band, {}).pop(key, None)

    def ranked(self, entry: Entry) -> Iterator[tuple[Reason, str]]:
        """The pages that are like enough, by their keys, those of its own family and the most alike first. All of them:
        where the first has lost its file since, the next stands for both."""
        family = [self._entries[key] for key in self._families.get(family_of(entry.url), {}) if key != entry.key]
        releases = (one for one in family if are_releases(entry, one))
        yield from ((Reason.OTHER_VERSION, key) for key in _best(entry, releases, least=VERSIONS))
        yield from ((Reason.NEARLY_ANOTHER, key) for key in _best(entry, self._alike(entry), least=NEARLY))

    def _alike(self, entry: Entry) -> Iterator[Entry]:
        seen = {entry.key}
        for band in _bands(entry):
            for key in list(self._bands.get(band, ()))[:_MOST]:
                if key not in seen:
                    seen.add(key)
                    if are_one(entry, self._entries[key]):
                        yield self._entries[key]


def _bands(entry: Entry) -> Iterator[int]:
    """Title and numbers are part of them: thousands of pages of one template do not meet in a band."""
    common = entry.title.casefold(), entry.gist.numbers
    for number in range(_BANDS):
        yield hash((number, *common, entry.gist.least[number * _BAND : (number + 1) * _BAND]))


def _best(entry: Entry, others: Iterable[Entry], *, least: float) -> list[str]:
    rated = sorted(((entry.gist.likeness(other.gist), other.key) for other in others), reverse=True)
    return [key for score, key in rated if score >= least]


def are_releases(one: Entry, other: Entry) -> bool:
    """Whether their headings and languages allow that they are releases of one page."""
    return title_without_version(one.title) == title_without_version(other.title) and _share_language(one, other)


def are_one(one: Entry, other: Entry) -> bool:
    """Whether nothing but a few words can be different: not what they are called, not a number, not the language."""
    same = one.title.casefold() == other.title.casefold() and one.gist.numbers == other.gist.numbers
    return same and _share_language(one, other)


def still_alike(reason: Reason, one: Entry, other: Entry) -> bool:
    score = one.gist.likeness(other.gist)
    if reason is Reason.OTHER_VERSION:
        return are_releases(one, other) and score >= VERSIONS - SLACK
    return are_one(one, other) and score >= NEARLY - SLACK


def _share_language(one: Entry, other: Entry) -> bool:
    """English for two countries is two languages here: prices and law differ in few words."""
    if one.language is None or other.language is None:
        return True
    exact = "-" in one.language and "-" in other.language
    return one.language == other.language if exact else primary(one.language) == primary(other.language)
