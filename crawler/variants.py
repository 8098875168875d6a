"""What an address says about which of several versions of a page it is: print views and the like, and releases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_VIEW = re.compile(
    r"^(print(er)?(able|_?view|friendly)?|amp|output(_?type)?|view|format|version|mobile|m|theme|skin)$", re.IGNORECASE
)
_VIEW_IN_PATH = re.compile(
    r"/(?:print|amp|printable|mobile)(?=/|$)|[._-](?:print|amp|printable|mobile)(?=\.html?$|/?$)", re.IGNORECASE
)
_NUMBERED = re.compile(
    r"^(?:v(?:er(?:sion)?)?[-_.]?(?=\d)|release[-_.](?=\d))?(\d{1,4}(?:\.(?:\d{1,4}|x)){0,3})"
    r"(?:[-_.]?(a|alpha|b|beta|rc|pre|dev)[-_.]?\d*)?$",
    re.IGNORECASE,
)
_SHELVES = frozenset(("doc", "docs", "documentation", "manual", "reference", "guide", "version", "versions", "release"))
"""A number alone is a version after one of these, as in /docs/16/; elsewhere it may be a chapter or an article."""

_PRESENT = frozenset(("stable", "current", "release"))
_LATEST = frozenset(("latest",))
_COMING = frozenset(("main", "master", "trunk", "dev", "devel", "develop", "development", "nightly", "next", "edge"))
_VERSION_WORD = re.compile(r"\bv?\d+(?:\.(?:\d+|x))*(?:[-.]?(?:a|alpha|b|beta|rc|pre|dev)\d*)?\b", re.IGNORECASE)

Rank = tuple[int, ...]


def originals(url: str) -> Iterator[str]:
    """Addresses that this one might be another view of, by its wording."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    rest = [(name, value) for name, value in pairs if not _VIEW.match(name)]
    if len(rest) < len(pairs):
        yield urlunsplit(parts._replace(query=urlencode(sorted(rest))))
    path = _VIEW_IN_PATH.sub("", parts.path)
    if path != parts.path:
        yield urlunsplit(parts._replace(path=path or "/"))
        yield urlunsplit(parts._replace(path=f"{path.rstrip('/')}/"))


def family_of(url: str) -> str:
    """The same for all releases of a page; its address, where it says nothing of a release."""
    parts = urlsplit(url)
    words = parts.path.split("/")
    place = _version_place(words)
    if place is None:
        return url
    return urlunsplit(parts._replace(path="/".join(words[:place] + words[place + 1 :]) or "/"))


def rank_of(url: str) -> Rank:
    """The smaller, the rather it stands for the others of its family: what names no release, then stable, latest, the
    highest number, and last what is yet to come; and any of them before a print view."""
    words = urlsplit(url).path.split("/")
    place = _version_place(words)
    return (int(next(originals(url), None) is not None), *((0,) if place is None else _version_rank(words[place])))


def title_without_version(title: str) -> str:
    return " ".join(_VERSION_WORD.sub(" ", title).casefold().split())


def _version_place(words: list[str]) -> int | None:
    """The segment of the path that names a release; never the last one, which is the page."""
    for place, word in enumerate(words[:-1]):
        lower = word.lower()
        if lower in _PRESENT or lower in _LATEST or lower in _COMING:
            return place
        match = _NUMBERED.match(lower)
        if match and ("." in lower or not lower.isdigit() or words[place - 1].lower() in _SHELVES):
            return place
    return None


def _version_rank(word: str) -> Rank:
    lower = word.lower()
    if lower in _PRESENT:
        return (1,)
    if lower in _LATEST:
        return (2,)
    match = _NUMBERED.match(lower)
    if match is None:
        return (5,)
    numbers = [0 if part == "x" else int(part) for part in match[1].split(".")]
    return (4 if match[2] else 3, *(-number for number in [*numbers, 0, 0, 0, 0][:4]))
