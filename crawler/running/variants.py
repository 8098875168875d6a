"""Print views and the like: other addresses of a page that say the same with a few words more or less."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_VIEW = re.compile(
    r"^(print(er)?(able|_?view|friendly)?|amp|output(_?type)?|view|format|version|mobile|m|theme|skin)$", re.IGNORECASE
)
_VIEW_IN_PATH = re.compile(
    r"/(?:print|amp|printable|mobile)(?=/|$)|[._-](?:print|amp|printable|mobile)(?=\.html?$|/?$)", re.IGNORECASE
)
ALIKE = 0.8
"""Of the lines of both together; a print view leaves out pictures' captions and adds a line or two."""


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


def are_alike(one: Sequence[bytes], other: Sequence[bytes]) -> bool:
    """Whether two pages have most of their lines in common."""
    first, second = set(one), set(other)
    together = len(first | second)
    return together > 0 and len(first & second) >= ALIKE * together
