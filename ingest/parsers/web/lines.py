"""Lines of text as they are compared between pages and between versions of a page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

LINE_BYTES = 8
_LEAD = re.compile(r"^(?:[-*+•·–]|\d{1,3}[.)])\s+")


def line_hashes(text: str) -> Iterator[bytes]:
    """One of LINE_BYTES bytes for each line that says anything: letter case, white space and bullets do not count."""
    for line in text.splitlines():
        said = plain_line(line)
        if any(map(str.isalnum, said)):
            yield line_hash(said)


def plain_line(line: str) -> str:
    return _LEAD.sub("", " ".join(line.split()).casefold())


def line_hash(said: str) -> bytes:
    """Of a line that is plain already."""
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=LINE_BYTES).digest()


def content_hash(hashes: Iterable[bytes]) -> str:
    """Of what a page says, in its order; the same for pages that differ in markup only."""
    return hashlib.sha256(b"".join(hashes)).hexdigest()
