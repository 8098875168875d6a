"""MANUAL: cut where the author put a separator, and nowhere else unless a piece is too long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from ingest.chunking.packing import Pack
from ingest.chunking.source import Slice, Source
from ingest.chunking.strategy import Workbench
from ingest.documents import Block

DEFAULT_SEPARATORS = ("\n---\n",)  # a ruled line by itself, with or without blank lines around it
_GAP = "\n\n"
_MASK = "\ufffc"  # stands for the characters of tables, which are never cut by a separator


def manual_packs(blocks: Sequence[Block], bench: Workbench, *, separators: Sequence[str] = ()) -> Iterator[Pack]:
    """Separators are literal and looked for in the blocks' text joined by blank lines, headings written as in
    Markdown (`## Title`). One without letters and digits is dropped, any other begins the piece behind it."""
    sources = bench.measured(blocks)
    pattern = separator_pattern(separators)
    packer = bench.packer()
    for piece in _pieces(sources, pattern):
        yield from packer.pack(piece)


def separator_pattern(separators: Sequence[str]) -> re.Pattern[str]:
    """Longer separators win over shorter ones at the same place; blank ones do not count."""
    given = [separator for separator in separators if separator] or DEFAULT_SEPARATORS
    return re.compile("|".join(map(re.escape, sorted(set(given), key=lambda one: (-len(one), one)))))


def _pieces(sources: Sequence[Source], pattern: re.Pattern[str]) -> Iterator[Sequence[Slice]]:
    searched = [_searched(source) for source in sources]
    text = _GAP.join(searched)
    starts = list(accumulate((len(one) + len(_GAP) for one in searched), initial=0))
    first = 0
    for start, end in _stretches(text, pattern):
        while first < len(sources) and starts[first + 1] <= start:
            first += 1
        slices = []
        for index in range(first, len(sources)):
            if starts[index] >= end:
                break
            offset = starts[index] + len(searched[index]) - len(sources[index].text)
            slices.append(_clipped(sources[index], start - offset, end - offset))
        yield [piece for piece in slices if piece.text.strip()]


def _stretches(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    cuts = [(0, 0)]
    for match in pattern.finditer(text):
        says_something = any(map(str.isalnum, match[0]))
        cuts.append((match.start(), match.start() if says_something else match.end()))
    cuts.append((len(text), len(text)))
    for (_, start), (end, _) in pairwise(cuts):
        if text[start:end].strip():
            yield start, end


def _searched(source: Source) -> str:
    if source.is_table:
        return _MASK * len(source.text)
    return "#" * source.block.level + " " + source.text if source.is_heading else source.text


def _clipped(source: Source, start: int, end: int) -> Slice:
    low, high = max(0, start), min(len(source.text), max(0, end))
    return Slice(source, min(low, high), high)
