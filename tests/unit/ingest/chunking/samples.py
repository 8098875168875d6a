"""Documents and counters to chunk with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.chunking.chunker import chunk
from ingest.documents import Block, BlockKind, ChunkDraft, ChunkSettings, Document, ParserEngine, ParseType, Table
from ingest.parsers.tables import as_markdown


class WordCounter:
    """Words, of which long ones are several tokens, and every other mark by itself: close to word pieces."""

    def count(self, text: str) -> int:
        return len(self.spans(text))

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\w{1,6}|[^\w\s]", text)]


class GlobCounter(WordCounter):
    """A word-piece model that does not know long words: over 40 characters are one token, else one a character."""

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for match in re.finditer(r"\w+|[^\w\s]", text):
            start, end = match.span()
            found += [match.span()] if end - start > 40 else [(at, at + 1) for at in range(start, end)]
        return found


def document(*blocks: Block, title: str | None = None) -> Document:
    return Document("text/plain", ParserEngine.NODE_NATIVE, blocks, title=title)


def text(words: str, *path: str, page: int | None = None) -> Block:
    return Block(BlockKind.TEXT, words, heading_path=path, page=page)


def heading(words: str, level: int, *path: str) -> Block:
    return Block(BlockKind.HEADING, words, level=level, heading_path=path)


def table(rows: Sequence[Sequence[str]], *path: str, header_rows: int = 1, caption: str = "") -> Block:
    cells = Table(rows, header_rows=header_rows, caption=caption)
    return Block(BlockKind.TABLE, as_markdown(cells), heading_path=path, table=cells)


def sentences(count: int, *, words: int = 8, start: int = 0) -> str:
    """Each with its number, so that it can be told from the others."""
    return " ".join(f"Sentence {start + number} " + "word " * (words - 3) + "ends." for number in range(count))


def cut(
    *blocks: Block,
    by: ParseType = ParseType.NAIVE,
    size: int = 102,
    overlap: int = 0,
    title: str | None = None,
    file_name: str = "1.txt",
    separators: Sequence[str] = (),
) -> list[ChunkDraft]:
    """With word tokens and two special ones: 100 tokens for context and content unless told."""
    settings = ChunkSettings(by, size, overlap, separators)
    return chunk(
        document(*blocks, title=title), file_name=file_name, settings=settings, tokens=WordCounter(), special_tokens=2
    )
