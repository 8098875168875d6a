"""Lines joined to headings, paragraphs and lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from ingest.parsers.collector import BlockCollector
from ingest.parsers.lines import Line, boxes_by_page
from ingest.parsers.pdf.footnotes import Footnote
from ingest.parsers.pdf.headings import HeadingRules
from ingest.parsers.pdf.tables import FoundTable

_BULLET = re.compile(r"^[•●▪◦‣\u2043∙·❖➢✓\uf0b7\uf0a7]\s*|^[-\u2013\u2014*]\s+")
_NUMBERED = re.compile(r"^\(?(?:\d{1,3}|[a-z])[.)]\s+\S")
_TERMINAL = (".", "!", "?", ":", "\u3002", "\uff01", "\uff1f")
_LEADER = re.compile(r"\s*(?:\.\s?){4,}\s*")  # dots that lead to a page number
_FULL_LINE = 0.85  # of the column's width: a shorter line that ends a sentence ends its paragraph
_WIDER_LEADING = 1.35  # than usual parts paragraphs
_INDENT = 0.9  # of the type size


@dataclass(slots=True)
class _Pending:
    """What is being joined, as the `number`th of the document. `level` above 0: a heading; `items`: a list."""

    lines: list[Line] = field(default_factory=list)
    level: int = 0
    is_item: bool = False
    number: int = 0


class ParagraphJoiner:
    """Takes the columns of a document in reading order; a paragraph may go on over columns and pages."""

    def __init__(self, collector: BlockCollector, rules: HeadingRules) -> None:
        self._collector = collector
        self._rules = rules
        self._pending = _Pending()
        self._items: list[list[Line]] = []
        self._notes: list[Footnote] = []
        self._notes_follow = 0
        self._leading = 0.0
        self._width = 0.0

    def add_column(self, content: Sequence[Line | FoundTable]) -> None:
        lines = [piece for piece in content if isinstance(piece, Line)]
        self._leading = _usual_leading(lines)
        self._width = max((line.width for line in lines), default=0.0)
        is_first = True
        for piece in content:
            if isinstance(piece, FoundTable):
                self.finish()
                boxes = boxes_by_page(list(piece.lines))
                self._collector.table(piece.table, page=piece.lines[0].box.page, boxes=boxes)
            else:
                self._add_line(piece, is_first=is_first)
            is_first = False

    def add_notes(self, notes: Sequence[Footnote]) -> None:
        """They are written once what stands above them has ended, be it on the next page."""
        if notes:
            self._notes += notes
            self._notes_follow = self._pending.number

    def finish(self) -> None:
        self._close()
        self._close_list()
        self._write_notes()

    def _add_line(self, line: Line, *, is_first: bool) -> None:
        level = self._rules.level_of(line) or self._level_continued(line, is_first=is_first)
        is_item = not level and bool(_BULLET.match(line.text) or _NUMBERED.match(line.text))
        pending = self._pending
        if not pending.lines or is_item or level != pending.level or not self._goes_on(line, is_first=is_first):
            self._close()
            self._pending = _Pending(level=level, is_item=is_item, number=pending.number + 1)
        self._pending.lines.append(line)

    def _level_continued(self, line: Line, *, is_first: bool) -> int:
        """Of a heading whose second line, which begins within its sentence, would be none by itself."""
        pending = self._pending
        if not pending.level or is_first or not (line.text[:1].islower() or pending.lines[-1].is_hyphenated):
            return 0
        last = pending.lines[-1]
        is_alike = last.is_bold == line.is_bold and last.box.page == line.box.page
        return pending.level if is_alike and self._goes_on(line, is_first=False) else 0

    def _goes_on(self, line: Line, *, is_first: bool) -> bool:
        last = self._pending.lines[-1]
        if self._pending.level:
            return not is_first and abs(last.size - line.size) < 0.6 and _gap(last, line) < 1.9 * line.size
        if abs(last.size - line.size) > 0.15 * max(last.size, line.size):
            return False
        if is_first or last.box.page != line.box.page or line.box.top < last.box.top:
            return last.is_hyphenated or (not last.text.endswith(_TERMINAL) and line.text[:1].islower())
        if last.is_hyphenated:
            return True
        return not self._starts_paragraph(last, line)

    def _starts_paragraph(self, last: Line, line: Line) -> bool:
        if _LEADER.search(last.text) and _LEADER.search(line.text):
            return True
        if self._leading and _gap(last, line) > self._leading * _WIDER_LEADING:
            return True
        ended = last.text.endswith(_TERMINAL)
        if ended and last.width < self._width * _FULL_LINE:
            return True
        return ended and not self._pending.is_item and line.box.left > last.box.left + _INDENT * line.size

    def _close(self) -> None:
        pending, self._pending = self._pending, _Pending(number=self._pending.number)
        if not pending.lines:
            return
        if pending.is_item:
            self._items.append(pending.lines)
            return
        self._close_list()
        if pending.number > self._notes_follow:
            self._write_notes()
        text, page, boxes = _joined(pending.lines), pending.lines[0].box.page, boxes_by_page(pending.lines)
        if pending.level:
            self._collector.heading(text, pending.level, page=page, boxes=boxes)
        else:
            self._collector.text(text, page=page, boxes=boxes)

    def _write_notes(self) -> None:
        notes, self._notes = self._notes, []
        for note in notes:
            lines = list(note.lines)
            text = f"Footnote {note.sign}: {_joined(lines)}"
            self._collector.text(text, page=lines[0].box.page, boxes=boxes_by_page(lines))

    def _close_list(self) -> None:
        items, self._items = self._items, []
        if not items:
            return
        lefts = sorted({round(item[0].box.left / 6) for item in items})
        entries = [
            (min(lefts.index(round(item[0].box.left / 6)), 8), _BULLET.sub("", _joined(item), count=1))
            for item in items
        ]
        lines = [line for item in items for line in item]
        self._collector.list(entries, page=lines[0].box.page, boxes=boxes_by_page(lines))


def _gap(above: Line, below: Line) -> float:
    return below.baseline - above.baseline


def _usual_leading(lines: Sequence[Line]) -> float:
    gaps = [_gap(above, below) for above, below in pairwise(lines)]
    close = [gap for gap, line in zip(gaps, lines, strict=False) if 0 < gap < 3 * line.size]
    return median(close) if close else 0.0


def _joined(lines: Sequence[Line]) -> str:
    """Divided words mended; a hyphen that belongs to a compound before a capital stays."""
    text = ""
    for line in lines:
        piece = _LEADER.sub(" … ", " ".join(line.text.split()))
        if text.endswith("\u0000"):
            text = text[:-1] + ("-" if piece[:1].isupper() or piece[:1].isdigit() else "") + piece
        else:
            text = f"{text} {piece}" if text else piece
        text += "\u0000" if line.is_hyphenated else ""
    return text.removesuffix("\u0000") + ("-" if text.endswith("\u0000") else "")
