"""What stands above a chunk: the document's title and the headings, for the search legs only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from ingest.documents import Block, BlockKind, Document
from retrieval.embedding.protocol import TokenCounter

SEPARATOR = " > "
SHARE = 4  # a context takes at most a quarter of a chunk

_JOINTS = re.compile(r"[_+\s]+|%20|(?<=[^\W\d])[-.](?=[^\W\d])")
_MACHINE_NAME = re.compile(r"[0-9a-f]{8}[0-9a-f-]{4,}", re.IGNORECASE)


class ContextMaker:
    """Contexts of one document, each measured once."""

    def __init__(self, title: str, *, limit: int, tokens: TokenCounter) -> None:
        """`limit` in tokens."""
        self._title = title
        self._limit = limit
        self._tokens = tokens
        self._made: dict[tuple[str, ...], tuple[str, int]] = {}

    def above(self, block: Block, *, caption: str = "") -> tuple[str, int]:
        """The context for a chunk that begins with this block, and its tokens. A title is never said twice."""
        path = tuple(block.heading_path)
        shown = {*path, block.text if block.kind is BlockKind.HEADING else ""}
        title = () if self._title in shown else (self._title,)
        parts = tuple(part for part in (*title, *path, caption) if part.strip())
        if parts not in self._made:
            self._made[parts] = self._cut(parts)
        return self._made[parts]

    def _cut(self, parts: Sequence[str]) -> tuple[str, int]:
        """The innermost headings that fit; of one that is too long by itself, the beginning."""
        for first in range(len(parts)):
            context = SEPARATOR.join(parts[first:])
            count = self._tokens.count(context)
            if count <= self._limit:
                return context, count
        return self._beginning(parts[-1]) if parts else ("", 0)

    def _beginning(self, text: str) -> tuple[str, int]:
        spans = self._tokens.spans(text)
        for kept in range(min(self._limit, len(spans)), 0, -1):
            start = text[: spans[kept - 1][1]].rstrip()
            count = self._tokens.count(start)
            if count <= self._limit:
                return start, count
        return "", 0


def document_title(document: Document, *, file_name: str) -> str:
    """The document's own title, else what a person can read of the file's name, else nothing."""
    own = " ".join((document.title or "").split())
    return own or readable_stem(file_name)


def readable_stem(file_name: str) -> str:
    """`q3_sales-report.final.pdf` → `q3 sales report final`; empty for numbers, hashes and the like."""
    stem = PurePath(file_name.replace("\\", "/")).stem
    if _MACHINE_NAME.fullmatch(stem) or not any(character.isalpha() for character in stem):
        return ""
    return " ".join(_JOINTS.sub(" ", stem).split())
