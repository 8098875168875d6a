"""Ruled lines drawn on a page: the frames and separators of tables."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.documents import Box

_MOST_OBJECTS = 20_000  # looked at on a page; maps and drawings have hundreds of thousands of paths
_MOST_RULES = 4_000
_THIN = 2.5
_LEAST_WIDTH = 10.0
_LEAST_HEIGHT = 4.0
_RECTANGLE = 6  # path segments, at most
_FRAME = 0.8  # of the page's width and height: a border or a background
_SAME = 1.5
_JOINT = 4.0  # gaps in a rule that is drawn cell by cell

Place: TypeAlias = Callable[[float, float, float, float], Box]


@dataclass(frozen=True, slots=True)
class Rule:
    """`at` is y of a horizontal rule and x of a vertical one; it reaches from `start` to `end` in the other direction.
    On the page as shown, origin top left."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rules:
    horizontal: Sequence[Rule] = field(default_factory=tuple)
    vertical: Sequence[Rule] = field(default_factory=tuple)


def rules_of(page: pypdfium2.PdfPage, place: Place) -> Rules:
    """`place` turns left, top, right, bottom in user space into a box on the page as shown."""
    across: list[Rule] = []
    down: list[Rule] = []
    sides = [ctypes.c_float() for _ in range(4)]
    width, height = page.get_size()
    for index in range(min(pdfium.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        item = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        left, bottom, right, top = sides
        if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            continue
        box = place(left.value, top.value, right.value, bottom.value)
        is_frame = box.right - box.left > _FRAME * width and box.bottom - box.top > _FRAME * height
        if pdfium.FPDFPath_CountSegments(item) <= _RECTANGLE and not is_frame:
            _add(box, across, down)
        if len(across) + len(down) > _MOST_RULES:
            return Rules()
    return Rules(_joined(across), _joined(down))


def _add(box: Box, across: list[Rule], down: list[Rule]) -> None:
    """A thin path is a rule, a rectangle the four around it."""
    width, height = box.right - box.left, box.bottom - box.top
    if height <= _THIN:
        if width >= _LEAST_WIDTH:
            across.append(Rule((box.top + box.bottom) / 2, box.left, box.right))
    elif width <= _THIN:
        if height >= _LEAST_HEIGHT:
            down.append(Rule((box.left + box.right) / 2, box.top, box.bottom))
    elif width >= _LEAST_WIDTH:
        across += [Rule(y, box.left, box.right) for y in (box.top, box.bottom)]
        down += [Rule(x, box.top, box.bottom) for x in (box.left, box.right)]


def _joined(rules: Iterable[Rule]) -> Sequence[Rule]:
    """Those on one line that touch are one."""
    joined: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / _SAME), rule.start)):
        last = joined[-1] if joined else None
        if last is not None and abs(last.at - rule.at) <= _SAME and rule.start <= last.end + _JOINT:
            joined[-1] = Rule(last.at, last.start, max(last.end, rule.end))
        else:
            joined.append(rule)
    return tuple(joined)
