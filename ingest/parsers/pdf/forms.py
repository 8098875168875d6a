"""What somebody filled into a PDF's form: the page's own text does not hold it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import TypeAlias

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.documents import Box
from ingest.parsers.lines import Line

Boxed: TypeAlias = Callable[[float, float, float, float], Box]
"""Left, top, right and bottom in user space to a box on the page."""

_TEXTS = {pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX}
_MARKS = {pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON}
_PASSWORD = 1 << 13  # of a text field's flags, as ISO 32000-1 counts them (table 228)
_MOST_FIELDS = 10_000  # of one page
_LONGEST_VALUE = 100_000
_USUAL_TYPE = 11.0  # points, where nothing else stands on the page
_TYPE_IN_LINE = 0.7
_BELOW_BASELINE = 0.25


def form_lines(page: pypdfium2.PdfPage, boxed: Boxed, beside: Sequence[Line]) -> Iterator[Line]:
    """A line for each line of a value, where its field stands; `[x]` for a box that is ticked. Passwords are left out.
    They count as no larger than the page's own lines (`beside`), so that none is taken for a heading. Nothing where the
    document's form was not opened (PdfDocument.init_forms)."""
    if page.formenv is None:
        return
    usual = median(line.size for line in beside) if beside else _USUAL_TYPE
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST_FIELDS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_WIDGET:
                yield from _lines(_value(page.formenv, annotation), _box(annotation, boxed), usual)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _value(form: pypdfium2.PdfFormEnv, field: object) -> str:
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, field)
    if kind in _MARKS:
        return "[x]" if pdfium.FPDFAnnot_IsChecked(form, field) else ""
    if kind not in _TEXTS or pdfium.FPDFAnnot_GetFormFieldFlags(form, field) & _PASSWORD:
        return ""
    size = min(pdfium.FPDFAnnot_GetFormFieldValue(form, field, None, 0), 2 * _LONGEST_VALUE)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    pdfium.FPDFAnnot_GetFormFieldValue(form, field, buffer, size)
    return bytes(buffer)[:size].decode("utf-16-le", errors="replace").rstrip("\x00")


def _box(field: object, boxed: Boxed) -> Box:
    sides = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(field, sides)
    return boxed(sides.left, sides.top, sides.right, sides.bottom)


def _lines(value: str, box: Box, usual: float) -> Iterator[Line]:
    texts = [text.strip() for text in value.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    height = (box.bottom - box.top) / max(len(texts), 1)
    size = max(min(height * _TYPE_IN_LINE, usual), 1.0)
    for number, text in enumerate(texts):
        if text:
            top = box.top + number * height
            bottom = top + height
            baseline = (top + bottom + size) / 2 - size * _BELOW_BASELINE
            yield Line(text, Box(box.page, box.left, top, box.right, bottom), baseline, size, is_bold=False)
