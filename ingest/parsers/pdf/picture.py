"""A page of a PDF as a picture, for people who want to see where a passage stands."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2

PIXELS_PER_POINT = 2.0
MOST_PIXELS = 2400
"""Of the longer side: a drawing of three metres is shown smaller instead of filling the memory."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """`width` and `height` are the page's own, in points, rotation and crop applied: the measure of a block's box."""

    png: bytes
    width: float
    height: float


def picture(path: Path, number: int) -> PagePicture:
    """Page `number`, from 1. IndexError where the document has no such page."""
    document = pypdfium2.PdfDocument(path)
    try:
        if not 1 <= number <= len(document):
            raise IndexError(f"page {number} of {len(document)}")
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(PIXELS_PER_POINT, MOST_PIXELS / max(width, height, 1))
        image = page.render(scale=scale, may_draw_forms=False).to_pil()
        buffer = BytesIO()
        image.save(buffer, "PNG", optimize=False, compress_level=4)
        return PagePicture(buffer.getvalue(), width, height)
    finally:
        document.close()
