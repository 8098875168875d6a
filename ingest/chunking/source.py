"""Blocks measured once, and the stretches of them that chunks are made of."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.chunking.sentences import Span, line_spans, sentence_spans
from ingest.documents import Block, BlockKind
from retrieval.embedding.protocol import TokenCounter

# Scripts that write no blank between words: Thai, Lao, Tibetan, Burmese, Khmer, kana, Bopomofo, Chinese characters.
_CONTINUOUS = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u312f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_CLAUSE_MARKS = frozenset("\u3001\uff0c\uff1b\uff1a\u3002\uff01\uff1f\u104a\u104b\u0f0b\u0f0d\u17d4")
_VOWELS_BEFORE = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")
_VOWELS_BEHIND = frozenset("\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3")

_LONGEST_WRAPPED = 120  # characters: programs and people that break lines to a width do so before that

# A word that a word-piece model has no pieces for is a single token however long it is; weighed by its length, a
# megabyte of base64 becomes many chunks instead of one.
_LONGEST_TOKEN = 32


class Source:
    """A block with the text that stands for it in chunks. Its tokens are computed once; stretches are then looked up.

    `starts` holds the first character of each token.
    """

    def __init__(self, block: Block, text: str, *, tokens: TokenCounter) -> None:
        self.block = block
        self.text = text
        spans = tokens.spans(text)
        self.starts = [start for start, _ in spans]
        if any(end - start > _LONGEST_TOKEN for start, end in spans):
            self.starts = [start for span in spans for start in _weighed(span)]

    @property
    def is_heading(self) -> bool:
        return self.block.kind is BlockKind.HEADING

    @property
    def is_table(self) -> bool:
        return self.block.table is not None

    @cached_property
    def sentences(self) -> Sequence[Span]:
        by_line = self.block.kind in {BlockKind.LIST, BlockKind.CODE, BlockKind.TABLE}
        return line_spans(self.text) if by_line else sentence_spans(self.text)

    @cached_property
    def paragraphs(self) -> Sequence[Span]:
        """The lines of a text that is not wrapped at a width, where a line's end is a paragraph's; else nothing."""
        if self.block.kind is not BlockKind.TEXT:
            return ()
        lines = line_spans(self.text)
        in_long_ones = sum(end - start for start, end in lines if end - start > _LONGEST_WRAPPED)
        return lines if in_long_ones * 2 > len(self.text) else ()

    def whole(self) -> Slice:
        return Slice(self, 0, len(self.text))


@dataclass(frozen=True, slots=True)
class Slice:
    """The characters from `start` to `end` of a source."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def tokens(self) -> int:
        """As the whole block is tokenised: exact when neither end is inside a word."""
        starts = self.source.starts
        return bisect_left(starts, self.end) - bisect_left(starts, self.start)

    def paragraphs(self) -> Iterator[Slice]:
        """Those that a block of text has within itself, clipped to this slice."""
        return self._clipped(self.source.paragraphs)

    def sentences(self) -> Iterator[Slice]:
        """The sentences, or the lines of a list or of code, clipped to this slice."""
        return self._clipped(self.source.sentences)

    def _clipped(self, spans: Sequence[Span]) -> Iterator[Slice]:
        first = max(0, bisect_left(spans, (self.start, self.start)) - 1)
        for index in range(first, len(spans)):
            start, end = spans[index]
            if start >= self.end:
                return
            clipped = Slice(self.source, max(start, self.start), min(end, self.end))
            if clipped.start < clipped.end and not clipped.text.isspace():
                yield clipped

    def cut(self, room: int) -> tuple[Slice, Slice]:
        """In two, the first of at most `room` tokens and never empty: behind a line if that leaves it over half
        full, else behind a word, else inside the word. In scripts without blanks between words behind a clause, if
        that leaves it over half full, else between characters."""
        starts = self.source.starts
        if self.tokens == 0:
            return self.at(self.end)
        first = bisect_left(starts, self.start)
        limit = starts[first + max(1, room)] if first + max(1, room) < len(starts) else self.end
        lowest = starts[min(first + room // 2, len(starts) - 1)]
        end = self._line_end(lowest, limit) or self._clause_end(lowest, limit)
        end = end or self._word_end(limit) or self._character_end(limit)
        return Slice(self.source, self.start, end), Slice(self.source, self._next(end), self.end)

    def at(self, middle: int) -> tuple[Slice, Slice]:
        """In two at a character."""
        return Slice(self.source, self.start, middle), Slice(self.source, middle, self.end)

    def _line_end(self, lowest: int, limit: int) -> int:
        return max(0, self.source.text.rfind("\n", max(lowest, self.start + 1), limit + 1))

    def _clause_end(self, lowest: int, limit: int) -> int:
        """0 where the script has blanks between words: then the last of them is the place."""
        text = self.source.text
        if limit >= self.end or not _CONTINUOUS.match(text, limit):
            return 0
        for end in range(limit, max(lowest, self.start + 1), -1):
            if text[end].isspace() or text[end - 1].isspace() or text[end - 1] in _CLAUSE_MARKS:
                return end
        return self._character_end(limit)

    def _word_end(self, limit: int) -> int:
        text = self.source.text
        if limit >= self.end:
            return self.end
        for end in range(limit, self.start, -1):
            if text[end].isspace() or text[end - 1].isspace():
                return end if text[self.start : end].strip() else 0
        return 0

    def _character_end(self, limit: int) -> int:
        """Not between a letter and the marks on it, and not between a Thai or Lao consonant and its vowels."""
        end = max(limit, self.start + 1)
        while self.start + 1 < end < self.end and self._is_one_sound(end):
            end -= 1
        return min(end, self.end)

    def _is_one_sound(self, end: int) -> bool:
        before, after = self.source.text[end - 1], self.source.text[end]
        return unicodedata.category(after).startswith("M") or after in _VOWELS_BEHIND or before in _VOWELS_BEFORE

    def _next(self, end: int) -> int:
        text = self.source.text
        blank = "\n" if self.source.block.kind is BlockKind.CODE else None  # indentation is part of code
        while end < self.end and (text[end] == blank if blank else text[end].isspace()):
            end += 1
        return end


def join(slices: Sequence[Slice]) -> str:
    """The text of slices in order: what was one stretch of a block stays as it was, blocks get a blank line."""
    parts: list[str] = []
    index = 0
    while index < len(slices):
        last = index
        while last + 1 < len(slices) and slices[last + 1].source is slices[index].source:
            last += 1
        parts.append(_stripped(slices[index].source, slices[index].start, slices[last].end))
        index = last + 1
    return "\n\n".join(parts)


def _stripped(source: Source, start: int, end: int) -> str:
    text = source.text[start:end].rstrip()
    return text.lstrip("\n") if source.block.kind in {BlockKind.CODE, BlockKind.LIST} else text.lstrip()


def _weighed(span: Span) -> Iterator[int]:
    start, end = span
    yield start
    yield from range(start + _LONGEST_TOKEN, end, _LONGEST_TOKEN)
