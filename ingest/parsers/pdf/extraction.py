"""Lines out of pdfium. Calls per line, not per character: a page of 3,000 characters takes 2 ms instead of 10."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TypeAlias

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.documents import Box
from ingest.parsers.lines import Line, PageLines
from ingest.parsers.pdf.arabic import TURNED_LIGATURE, is_right_to_left, mended
from ingest.parsers.pdf.footnotes import RAISED, with_signs_told
from ingest.parsers.pdf.forms import form_lines
from ingest.parsers.pdf.rules import Rules, rules_of
from ingest.parsers.pdf.tables import with_ruled_tables

Sides: TypeAlias = tuple[float, float, float, float]

_LINE_END = re.compile(r"(\r\n|[\r\n]|[\x02\ufffe])")
_HYPHENS = {"\x02", "\ufffe"}  # pdfium's marks for a hyphen that it takes for a division at the line's end
_WIDE_GAP = 1.05  # of the type size; word spaces in justified text seldom reach it, and pieces can be joined again
_WIDER_GAP = 2.5  # in lines that run to the left, whose pieces come in any order
_WIDE_LETTER = 0.6  # of the type size, on average over a line; prose takes 0.45 to 0.5
_FIGURES = re.compile(r"(?<=\S)\d{1,4}(?=\W|$)|^\d{1,3}(?=[^\W\d])")
_RAISED_SIZE = 0.8  # of the type beside it
_RAISED_BY = 0.15  # of that type's size
_BOLD_WEIGHT = 600
_BOLD_NAME = re.compile(rb"bold|black|heavy|demi|(?:cm|sf|lm)bx|-medi\b|[-,]bd?\b", re.IGNORECASE)


def page_lines(document: pypdfium2.PdfDocument, index: int) -> PageLines:
    page = document[index]
    try:
        width, height = page.get_size()
        text_page = page.get_textpage()
        try:
            place = _Placement.of(page)
            boxed = partial(place.box, index + 1)
            rules = rules_of(page, boxed)
            found = _TextPage(text_page, number=index + 1, place=place, rules=rules).lines()
            found += list(form_lines(page, boxed, found))
            lines = with_ruled_tables(with_signs_told(found, height), rules)
        finally:
            text_page.close()
        has_content = bool(lines) or pdfium.FPDFPage_CountObjects(page) > 0
    finally:
        page.close()
    return PageLines(index + 1, width, height, lines, has_content)


@dataclass(frozen=True, slots=True)
class _Placement:
    """PDF user space to the page as shown: points, origin top left, rotation and crop applied."""

    origin: tuple[float, float]
    x_axis: tuple[float, float]
    y_axis: tuple[float, float]

    @classmethod
    def of(cls, page: pypdfium2.PdfPage) -> _Placement:
        scale = 1000  # FPDF_PageToDevice gives whole numbers
        origin, right, up = (_on_device(page, x, y, scale) for x, y in ((0, 0), (scale, 0), (0, scale)))
        return cls(
            origin=(origin[0] / scale, origin[1] / scale),
            x_axis=((right[0] - origin[0]) / scale**2, (right[1] - origin[1]) / scale**2),
            y_axis=((up[0] - origin[0]) / scale**2, (up[1] - origin[1]) / scale**2),
        )

    def box(self, number: int, left: float, top: float, right: float, bottom: float) -> Box:
        xs, ys = zip(self.point(left, top), self.point(right, bottom), strict=True)
        return Box(number, min(xs), min(ys), max(xs), max(ys))

    def is_upright(self, x: float, y: float) -> bool:
        """Whether a writing direction of user space runs to the right on the page as shown."""
        shown_x = x * self.x_axis[0] + y * self.y_axis[0]
        shown_y = x * self.x_axis[1] + y * self.y_axis[1]
        return shown_x > 0 and abs(shown_y) < 0.3 * shown_x

    def point(self, x: float, y: float) -> tuple[float, float]:
        return (
            self.origin[0] + x * self.x_axis[0] + y * self.y_axis[0],
            self.origin[1] + x * self.x_axis[1] + y * self.y_axis[1],
        )


def _on_device(page: pypdfium2.PdfPage, x: float, y: float, scale: int) -> tuple[int, int]:
    width, height = page.get_size()
    device_x, device_y = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, round(width * scale), round(height * scale), 0, x, y, device_x, device_y)
    return device_x.value, device_y.value


class _TextPage:
    def __init__(
        self,
        text_page: pypdfium2.PdfTextPage,
        *,
        number: int,
        place: _Placement,
        rules: Rules,
    ) -> None:
        self._text_page = text_page
        self._number = number
        self._place = place
        self._rules = rules
        self._count = max(pdfium.FPDFText_CountChars(text_page), 0)
        self._sides = [ctypes.c_double() for _ in range(4)]
        self._matrix = pdfium.FS_MATRIX()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._wants_upright = True

    def lines(self) -> list[Line]:
        """In the order of the page's content. Text that does not run to the right is left out where other text does:
        it is a stamp in the margin or a watermark, and cuts through the lines it crosses."""
        self._wants_upright = True
        found = list(self._all_lines())
        if not found:
            self._wants_upright = False
            found = list(self._all_lines())
        return found

    def _all_lines(self) -> Iterator[Line]:
        text = self._text()
        start = 0
        for piece in _LINE_END.split(text):
            if piece and not _LINE_END.fullmatch(piece):
                end = start + len(piece)
                yield from self._line(piece, start, is_hyphenated=text[end : end + 1] in _HYPHENS)
            start += len(piece)

    def _text(self) -> str:
        """One code unit per pdfium character, so that places in it are pdfium's indices."""
        buffer = (ctypes.c_ushort * (self._count + 1))()
        pdfium.FPDFText_GetText(self._text_page, 0, self._count, buffer)
        text = bytes(buffer)[: 2 * self._count].decode("utf-16-le", errors="surrogatepass")
        if len(text) == self._count and "\x00" not in text:
            return text
        codes = (pdfium.FPDFText_GetUnicode(self._text_page, index) for index in range(self._count))
        return "".join(chr(code) if 0 < code < 0x110000 else " " for code in codes)

    def _line(self, text: str, start: int, *, is_hyphenated: bool) -> Iterator[Line]:
        inner = text.strip()
        if not inner:
            return
        start += text.index(inner[0])
        if self._wants_upright and not self._is_upright(start):
            return
        size = self._size(start + _middle(inner))
        rects = self._rects(start, len(inner))
        if is_right_to_left(inner):
            inner = self._with_ligatures_turned(inner, start)
            pieces = list(self._pieces(inner, start, size, backwards=True))
            pieces = [(place, mended(piece), sides) for place, piece, sides in pieces]
        elif _has_wide_gap(rects, size) or _is_set_wide(rects, size, len(inner)) or self._is_crossed(rects):
            pieces = list(self._pieces(inner, start, size))
        else:
            pieces = [(start, inner, _around(rects))] if rects else []
        for number, (place, piece, sides) in enumerate(pieces):
            middle = place + _middle(piece)
            bold = self._is_bold(place) and self._is_bold(middle)
            ends = is_hyphenated and number == len(pieces) - 1
            size, box = self._size(middle), self._place.box(self._number, *sides)
            said = self._with_raised_marked(piece, place, middle, size)
            yield Line(said, box, self._baseline(place), size, bold, ends)

    def _with_raised_marked(self, text: str, start: int, middle: int, size: float) -> str:
        """RAISED before figures that are smaller and higher than the line: the end of a number, or all of it."""
        found = list(_FIGURES.finditer(text))
        if not found or not self._wants_upright:
            return text
        baseline = self._baseline(middle)
        for match in reversed(found):
            first = match.end()
            while first > match.start() and self._is_raised(start + first - 1, baseline, size):
                first -= 1
            if first < match.end():
                text = f"{text[:first]}{RAISED}{text[first:]}"
        return text

    def _is_raised(self, index: int, baseline: float, size: float) -> bool:
        is_small = self._size(index) < size * _RAISED_SIZE
        return is_small and baseline - self._baseline(index) > size * _RAISED_BY

    def _with_ligatures_turned(self, text: str, start: int) -> str:
        """pdfium turns a line that runs to the left, and the letters of a ligature with it: those of one sign share its
        box."""
        for match in TURNED_LIGATURE.finditer(text):
            place = match.start()
            if self._character_box(start + place) == self._character_box(start + place + 1):
                text = f"{text[:place]}{match[0][::-1]}{text[match.end() :]}"
        return text

    def _is_crossed(self, rects: list[Sides]) -> bool:
        """Whether a vertical rule goes through the line: then it holds cells of a table."""
        if not self._rules.vertical or not rects:
            return False
        box = self._place.box(self._number, *_around(rects))
        middle = (box.top + box.bottom) / 2
        return any(
            box.left + 1 < rule.at < box.right - 1 and rule.start <= middle <= rule.end for rule in self._rules.vertical
        )

    def _is_parted(self, before: Sides, after: Sides) -> bool:
        """Whether a vertical rule stands between two characters."""
        if not self._rules.vertical:
            return False
        left, right = self._place.box(self._number, *before), self._place.box(self._number, *after)
        middle = (left.top + left.bottom) / 2
        return any(
            left.right - 0.5 <= rule.at <= right.left + 0.5 and rule.start <= middle <= rule.end
            for rule in self._rules.vertical
        )

    def _pieces(
        self, text: str, start: int, size: float, *, backwards: bool = False
    ) -> Iterator[tuple[int, str, Sides]]:
        """The line cut where a wide gap or a rule lies between two characters. `backwards`: it runs to the left, with
        words of other scripts that run to the right, so that only a gap beyond all of it counts."""
        begin, last = 0, -1
        boxes: list[Sides] = []
        for offset, character in enumerate(text):
            if character.isspace():
                continue
            box = self._character_box(start + offset)
            if boxes and backwards:
                whole = _around(boxes)
                is_apart = box[0] - whole[2] > size * _WIDER_GAP or whole[0] - box[2] > size * _WIDER_GAP
            else:
                gap = box[0] - boxes[-1][2] if boxes else 0.0
                is_apart = bool(boxes) and not -size < gap < size * _WIDE_GAP
                is_apart = is_apart or (bool(boxes) and self._is_parted(boxes[-1], box))
            if is_apart:
                yield start + begin, text[begin : last + 1], _around(boxes)
                begin, boxes = offset, []
            boxes.append(box)
            last = offset
        if boxes:
            yield start + begin, text[begin : last + 1], _around(boxes)

    def _rects(self, start: int, count: int) -> list[Sides]:
        """Left, top, right, bottom in user space; pdfium gives one a text object."""
        left, top, right, bottom = self._sides
        return [
            (left.value, top.value, right.value, bottom.value)
            for index in range(pdfium.FPDFText_CountRects(self._text_page, start, count))
            if pdfium.FPDFText_GetRect(self._text_page, index, left, top, right, bottom)
        ]

    def _character_box(self, index: int) -> Sides:
        left, right, bottom, top = self._sides
        pdfium.FPDFText_GetCharBox(self._text_page, index, left, right, bottom, top)
        return left.value, top.value, right.value, bottom.value

    def _baseline(self, index: int) -> float:
        x, y = self._sides[:2]
        pdfium.FPDFText_GetCharOrigin(self._text_page, index, x, y)
        return self._place.point(x.value, y.value)[1]

    def _size(self, index: int) -> float:
        size = float(pdfium.FPDFText_GetFontSize(self._text_page, index))
        if pdfium.FPDFText_GetMatrix(self._text_page, index, self._matrix):
            size *= math.hypot(self._matrix.c, self._matrix.d)
        return round(abs(size), 1) if size else 1.0

    def _is_upright(self, index: int) -> bool:
        if not pdfium.FPDFText_GetMatrix(self._text_page, index, self._matrix):
            return True
        return self._place.is_upright(self._matrix.a, self._matrix.b) or (self._matrix.a == self._matrix.b == 0)

    def _is_bold(self, index: int) -> bool:
        if pdfium.FPDFText_GetFontWeight(self._text_page, index) >= _BOLD_WEIGHT:
            return True
        length = pdfium.FPDFText_GetFontInfo(self._text_page, index, self._name, len(self._name), self._flags)
        return bool(length) and _BOLD_NAME.search(self._name.value) is not None


def _middle(text: str) -> int:
    """A place that stands for the text: its beginning may be a list's marker in another size, figures may be raised."""
    middle = len(text) // 2
    letter = next((index for index in range(middle, len(text)) if text[index].isalpha()), None)
    if letter is not None:
        return letter
    return next((index for index in range(middle, len(text)) if not text[index].isspace()), middle)


def _has_wide_gap(rects: list[Sides], size: float) -> bool:
    """Also for rectangles that go back to the left: pdfium has then joined pieces of two lines."""
    return any(not -size < after[0] - before[2] < size * _WIDE_GAP for before, after in pairwise(rects))


def _is_set_wide(rects: list[Sides], size: float, characters: int) -> bool:
    """Wider than letters take: there may be gaps inside one text object, as in tables set by TeX."""
    return bool(rects) and _around(rects)[2] - _around(rects)[0] > _WIDE_LETTER * size * characters


def _around(rects: list[Sides]) -> Sides:
    lefts, tops, rights, bottoms = zip(*rects, strict=True)
    return min(lefts), max(tops), max(rights), min(bottoms)
