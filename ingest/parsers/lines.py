"""The lines of a PDF page with what is needed to judge them: box, size, weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.documents import Box, Table

_SAME_BASELINE = 0.3  # of the type size
_SIGN_SHIFT = 0.65
_SIGN_SIZE = 0.8
_SIGN_CHARACTERS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text on one baseline without a wide gap in it. `box` is what its signs cover, `baseline` the height on
    the page that they stand on, `size` the height of the type in points;
    `is_hyphenated` says that a hyphen at its end, already taken off, parts a word from the next line."""

    text: str
    box: Box
    baseline: float
    size: float
    is_bold: bool
    is_hyphenated: bool = False

    @property
    def width(self) -> float:
        return self.box.right - self.box.left

    def is_beside(self, other: Line) -> bool:
        """On the same baseline, or a raised or lowered sign beside larger type."""
        small, large = sorted((self, other), key=lambda line: line.size)
        is_sign = small.size < large.size * _SIGN_SIZE and len(small.text) <= _SIGN_CHARACTERS
        return abs(self.baseline - other.baseline) < (_SIGN_SHIFT if is_sign else _SAME_BASELINE) * large.size


@dataclass(frozen=True, slots=True)
class TableLine(Line):
    """Stands for a whole table while lines are put in order."""

    table: Table | None = None
    lines: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class PageLines:
    """`has_content` is False for a page that is simply blank. A TableLine stands for the lines of each table that is
    told from rules."""

    number: int
    width: float
    height: float
    lines: list[Line]
    has_content: bool = True


def union(boxes: list[Box]) -> Box:
    """The smallest rectangle around boxes of one page."""
    return Box(
        page=boxes[0].page,
        left=min(box.left for box in boxes),
        top=min(box.top for box in boxes),
        right=max(box.right for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )


def boxes_by_page(lines: list[Line]) -> tuple[Box, ...]:
    """One box a page and column: lines that follow each other downwards share one."""
    groups: list[list[Box]] = []
    for line in lines:
        last = groups[-1][-1] if groups else None
        if last is not None and last.page == line.box.page and line.box.top > last.top - line.size:
            groups[-1].append(line.box)
        else:
            groups.append([line.box])
    return tuple(_rounded(union(group)) for group in groups)


def side_by_side(lines: list[Line]) -> Line:
    """Pieces of one row, left to right, as one line."""
    longest = max(lines, key=lambda line: len(line.text))  # a marker's or a sign's size is not the row's
    return replace(
        longest,
        text=" ".join(line.text for line in lines),
        box=union([line.box for line in lines]),
        is_hyphenated=lines[-1].is_hyphenated,
    )


def _rounded(box: Box) -> Box:
    return Box(box.page, round(box.left, 1), round(box.top, 1), round(box.right, 1), round(box.bottom, 1))
