"""Takes out of a page what the pages of its site have in common, before anything is extracted from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from lxml import html

from ingest.parsers.web.lines import LINE_BYTES, line_hash, plain_line
from ingest.parsers.web.outline import DEEPEST, INLINE, UNSAID

_Piece: TypeAlias = "tuple[html.HtmlElement, bool]"
"""Text of an element: its own, or, where True, what follows it."""


def split_hashes(joined: bytes) -> frozenset[bytes]:
    return frozenset(joined[start : start + LINE_BYTES] for start in range(0, len(joined), LINE_BYTES))


def blank_common(root: html.HtmlElement, common: frozenset[bytes]) -> int:
    """Empties the lines whose hashes are given, as ingest.parsers.web.outline tells lines apart, and returns how many
    these were. The elements stay: empty ones say nothing. A page that says nothing else is left as it is."""
    shared: list[Sequence[_Piece]] = []
    has_own = False
    for line in _lines(root):
        said = plain_line("".join(_text(piece) for piece in line).replace("\n", " "))
        if any(map(str.isalnum, said)):
            is_shared = line_hash(said) in common
            has_own |= not is_shared
            shared += [line] if is_shared else []
    if not has_own:
        return 0
    for element, is_tail in (piece for line in shared for piece in line):
        if is_tail:
            element.tail = " "
        else:
            element.text = " "
    return len(shared)


def _text(piece: _Piece) -> str:
    element, is_tail = piece
    return (element.tail if is_tail else element.text) or ""


def _lines(root: html.HtmlElement) -> Iterator[Sequence[_Piece]]:
    line: list[_Piece] = []
    for piece in _pieces(root, 0):
        if piece is not None:
            line.append(piece)
        elif line:
            yield line
            line = []
    if line:
        yield line


def _pieces(element: html.HtmlElement, depth: int) -> Iterator[_Piece | None]:
    """None where a line ends: white space of the source is no line end, a block's border is."""
    if element.text:
        yield element, False
    for child in element:
        tag = child.tag
        if isinstance(tag, str) and tag not in UNSAID:
            is_block = depth >= DEEPEST or tag not in INLINE
            if is_block:
                yield None
            if depth < DEEPEST:
                yield from _pieces(child, depth + 1)
            if is_block:
                yield None
        if child.tail:
            yield child, True
