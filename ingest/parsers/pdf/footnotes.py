"""Footnotes: small type at the foot of a page or column that begins with its sign. They are kept out of the paragraphs
that go on over them, and the signs in the text are told from figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.parsers.lines import Line
from ingest.parsers.pdf.tables import FoundTable

RAISED = "\ue000"
"""Stands before raised figures until it is known whether these are the sign of a footnote. For private use: no text
that people read has it."""

_SIGN = re.compile(rf"^(?:{RAISED}(\d{{1,3}})|(\d{{1,3}})\)|(\d{{1,3}})(?=\s)|([†‡§¶]{{1,3}}))\s*(?=\S)")
_RAISED = re.compile(rf"{RAISED}(\d{{1,3}})")
_SMALL = 0.92  # of the body's size
_LOWEST_START = 0.4  # of the page's height: notes begin below
_PAGE_NUMBER = re.compile(r"^\W*\d{1,4}\W*$")


@dataclass(frozen=True, slots=True)
class Footnote:
    """`sign` is what the text refers to it by; the sign is taken off the first of `lines`."""

    sign: str
    lines: Sequence[Line]


def with_signs_told(lines: list[Line], height: float) -> list[Line]:
    """Of one page: raised figures that a note on it begins with are written in brackets, a blank parts a note from its
    own, and others are as they are."""
    if not any(RAISED in line.text for line in lines):
        return lines
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body_size = sizes.most_common(1)[0][0]
    starts = [line for line in lines if _may_be_note(line, body_size, height) and _sign_of(line)]
    notes = {_sign_of(line) for line in starts}
    own = {id(line) for line in starts}
    return [replace(line, text=_told(line.text, notes, is_note=id(line) in own)) for line in lines]


def parted(
    column: Sequence[Line | FoundTable], body_size: float, height: float
) -> tuple[Sequence[Line | FoundTable], Sequence[Footnote]]:
    """What a column says, and the notes at its foot. A page's number below them belongs to what it says."""
    end = len(column)
    while end and isinstance(last := column[end - 1], Line) and _PAGE_NUMBER.match(last.text):
        end -= 1
    start = end
    while start and _may_be_note(column[start - 1], body_size, height):
        start -= 1
    while start < end and not (isinstance(line := column[start], Line) and _sign_of(line)):
        start += 1
    notes = [line for line in column[start:end] if isinstance(line, Line)]
    return [*column[:start], *column[end:]], list(_notes(notes))


def _notes(lines: Sequence[Line]) -> Sequence[Footnote]:
    notes: list[Footnote] = []
    for line in lines:
        sign = _sign_of(line)
        if sign:
            notes.append(Footnote(sign, [replace(line, text=_SIGN.sub("", line.text, count=1))]))
        else:
            notes[-1] = replace(notes[-1], lines=[*notes[-1].lines, line])
    return notes


def _may_be_note(piece: Line | FoundTable, body_size: float, height: float) -> bool:
    return isinstance(piece, Line) and piece.size <= body_size * _SMALL and piece.box.top > height * _LOWEST_START


def _sign_of(line: Line) -> str:
    match = _SIGN.match(line.text)
    return next(filter(None, match.groups()), "") if match else ""


def _told(text: str, notes: set[str], *, is_note: bool) -> str:
    sign = _SIGN.match(text) if is_note else None
    if sign:
        head = next(filter(None, sign.groups()), "")
        head = f"{head}) " if text.startswith(f"{head})") else f"{head} "
        return head + _told(text[sign.end() :], notes, is_note=False)
    return _RAISED.sub(lambda match: f"[{match[1]}]" if match[1] in notes else match[1], text).replace(RAISED, "")
