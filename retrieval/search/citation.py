"""Keys that find a passage again, also after its file was cut anew.

A key holds the file, the page and two fingerprints of eight words each, from the passage's beginning and its middle.
It tells nothing of the text, needs no row, and stays good as long as the file still says the same.
"""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from kit.errors import Invalid

WORDS = 8
_FORMAT = ">26sHII"


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """`page` is None where the file has no pages. `marks` are fingerprints of runs of WORDS words."""

    file_id: str
    page: int | None
    marks: Sequence[int]


def citation_key(*, file_id: str, page: int | None, content: str) -> str:
    packed = struct.pack(
        _FORMAT,
        file_id.encode("ascii", "replace")[:26].ljust(26),
        min(page or 0, 65535),
        *fingerprints(content),
    )
    return urlsafe_b64encode(packed).decode().rstrip("=")


def cited_place(key: str) -> CitedPlace:
    """Invalid for what is no key."""
    try:
        file_id, page, first, middle = struct.unpack(_FORMAT, urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        return CitedPlace(file_id.decode("ascii").strip(), page or None, (first, middle))
    except (struct.error, Base64Error, ValueError) as error:
        raise Invalid(f"{key[:80]!r} is no citation key; take one from a search result") from error


def marks_in(content: str, wanted: Sequence[int]) -> int:
    """How many of the fingerprints the text holds."""
    return len(set(wanted) & set(_marks(content.split())))


def _marks(words: Sequence[str]) -> Iterator[int]:
    for start in range(max(1, len(words) - WORDS + 1)):
        yield _mark(words[start : start + WORDS])


def _mark(words: Sequence[str]) -> int:
    return crc32(" ".join(words).encode())


def fingerprints(content: str) -> tuple[int, int]:
    """Of the text's beginning and its middle, WORDS words each."""
    words = content.split()
    middle = max(0, len(words) // 2 - WORDS // 2)
    return _mark(words[:WORDS]), _mark(words[middle : middle + WORDS])
