"""Fills chunks up to their size, splitting between paragraphs, then sentences, then words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from ingest.chunking.budget import Budget
from ingest.chunking.context import ContextMaker
from ingest.chunking.overlap import trailing_sentences
from ingest.chunking.source import Slice
from ingest.documents import BlockKind

# Tokens: a heading with a sentence or two is a poor answer by itself. 0 and 48 are within half a point of recall in
# bench.chunking.
TINY = 48


@dataclass(frozen=True, slots=True)
class Pack:
    """The stretches that make one chunk; `overlap` repeats the end of the chunk before. With `is_large_table` the last
    of them is a table that does not fit into one chunk, and before it there are only its headings."""

    body: Sequence[Slice]
    overlap: Sequence[Slice] = ()
    is_large_table: bool = False


class Grain(IntEnum):
    BLOCK = 0
    SENTENCE = 1
    WORD = 2


class Packer:
    """Packs one run of slices. `keep` are the kinds of blocks that start a chunk of their own rather than be split."""

    def __init__(self, *, budget: Budget, contexts: ContextMaker, keep: frozenset[BlockKind]) -> None:
        self._budget = budget
        self._contexts = contexts
        self._keep = keep | {BlockKind.TABLE}
        self._body: list[Slice] = []
        self._used = 0
        self._overlap: Sequence[Slice] = ()
        self._closed: list[Pack] = []

    def pack(self, slices: Sequence[Slice]) -> Iterator[Pack]:
        for piece in slices:
            self._place_block(piece)
            yield from self._taken()
        self._end_chunk()
        self._overlap = ()
        yield from self._taken()

    def _taken(self) -> Sequence[Pack]:
        closed, self._closed = self._closed, []
        return closed

    def _place_block(self, piece: Slice) -> None:
        """A table shares its chunk with whole blocks only; one too long to follow its heading is split by rows."""
        has_table = piece.source.is_table or any(part.source.is_table for part in self._body)
        if has_table and piece.tokens > self._room_left(piece) and not self._only_headings():
            self._close()
        if piece.source.is_table and piece.tokens > self._room_left(piece):
            self._closed.append(Pack((*self._body, piece), is_large_table=True))
            self._body, self._used, self._overlap = [], 0, ()
        else:
            self._place(piece, Grain.BLOCK)

    def _place(self, piece: Slice, grain: Grain) -> None:
        if piece.tokens > self._room_left(piece) and self._starts_over_for(piece, grain):
            self._close()
        if piece.tokens <= self._room_left(piece):
            self._add(piece)
        elif grain is Grain.BLOCK:
            self._place_parts(piece)
        else:
            self._place_words(piece)

    def _place_parts(self, piece: Slice) -> None:
        lines = list(piece.paragraphs())
        if len(lines) > 1:
            for line in lines:
                self._place(line, Grain.BLOCK)
        else:
            self._place_sentences(piece)

    def _place_sentences(self, piece: Slice) -> None:
        """As many chunks as it takes, about equally full: filled one after the other, they leave a crumb at the end."""
        rest = piece.tokens
        for sentence in piece.sentences():
            if self._body and not self._only_headings() and self._used + sentence.tokens / 2 > self._share(rest):
                self._close()
            self._place(sentence, Grain.SENTENCE)
            rest -= sentence.tokens

    def _share(self, rest: int) -> float:
        """How full this chunk is to be where so many tokens are still to come."""
        room = self._room_alone(self._body[0])
        over = self._used + rest - room
        if over <= 0:
            return room
        more = math.ceil(over / (room - self._budget.overlap))
        return (self._used + rest + more * self._budget.overlap) / (more + 1)

    def _place_words(self, piece: Slice) -> None:
        rest = piece
        while rest.start < rest.end and rest.tokens > self._room_left(rest):
            if self._room_left(rest) < 1:
                self._close()
            part, rest = rest.cut(self._room_left(rest))
            self._add(part)
            self._close()
        if rest.start < rest.end:
            self._add(rest)

    def _starts_over_for(self, piece: Slice, grain: Grain) -> bool:
        """Whether a new chunk is better than splitting the piece to fill this one. It is unless this one is tiny: what
        begins in one chunk and ends in the next is found by neither as well as by one that holds all of it."""
        if not self._body:
            return False
        if self._only_headings():
            return self._used * 4 > self._room_alone(self._body[0]) * 3  # else the headings would stand alone
        is_unit = grain is Grain.SENTENCE or piece.source.block.kind in self._keep
        return (is_unit and piece.tokens <= self._room_alone(piece)) or not self._is_tiny()

    def _add(self, piece: Slice) -> None:
        if not self._body:
            self._overlap = self._fitting_overlap(piece)
            self._used = sum(part.tokens for part in self._overlap)
        self._body.append(piece)
        self._used += piece.tokens

    def _room_left(self, piece: Slice) -> int:
        return self._room_alone(self._body[0]) - self._used if self._body else self._room_alone(piece)

    def _room_alone(self, first: Slice) -> int:
        """For a chunk that begins with this slice."""
        return self._budget.total - self._contexts.above(first.source.block)[1]

    def _is_tiny(self) -> bool:
        return self._used < min(TINY, self._room_alone(self._body[0]) // 2)

    def _only_headings(self) -> bool:
        return all(piece.source.is_heading for piece in self._body)

    def _fitting_overlap(self, piece: Slice) -> Sequence[Slice]:
        """What was carried over, if it belongs to the same section, without its first sentences if it must."""
        if piece.source.is_heading or piece.source.is_table:
            return ()
        path = tuple(piece.source.block.heading_path)
        carried = [part for part in self._overlap if tuple(part.source.block.heading_path) == path]
        while carried and sum(part.tokens for part in carried) + piece.tokens > self._room_alone(piece):
            carried = carried[1:]
        return carried

    def _close(self) -> None:
        """Ends the chunk. Headings at its end go to the next one, unless there is nothing else."""
        headings: list[Slice] = []
        while not self._only_headings() and self._body[-1].source.is_heading:
            headings.insert(0, self._body.pop())
        self._end_chunk()
        for heading in headings:
            self._add(heading)

    def _end_chunk(self) -> None:
        body = self._body
        if body:
            self._closed.append(Pack(tuple(body), tuple(self._overlap)))
        self._body, self._used, self._overlap = [], 0, trailing_sentences(body, self._budget.overlap)
