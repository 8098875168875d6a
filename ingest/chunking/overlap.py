"""The sentences that a chunk repeats from the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.chunking.source import Slice


def trailing_sentences(body: Sequence[Slice], limit: int) -> Sequence[Slice]:
    """The last whole sentences of `body`, in order, of at most `limit` tokens, out of the section it ends in; never
    all of it, which would be the same chunk again."""
    taken: list[Slice] = []
    used = 0
    for sentence in _from_the_end(body):
        used += sentence.tokens
        if used > limit or (sentence.source is body[0].source and sentence.start <= body[0].start):
            break
        taken.append(sentence)
    return taken[::-1]


def _from_the_end(body: Sequence[Slice]) -> Iterator[Slice]:
    for piece in reversed(body):
        if piece.source.is_heading or piece.source.is_table:
            return
        yield from reversed(list(piece.sentences()))
