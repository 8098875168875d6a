"""Pages of a PDF that have no text layer: drawn and read where text recognition is on, and told of where it is not."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2

from ingest.documents import Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.lines import PageLines
from ingest.parsers.ocr.pages import DOTS_PER_INCH, Picture, Recognition, recognised, with_boxes_as_shown
from ingest.parsers.options import OcrOptions, Watch

_MOST_PIXELS = 4000  # of the longer side: large drawings are shown smaller


class Scans:
    def __init__(self, document: pypdfium2.PdfDocument, collector: BlockCollector, options: OcrOptions | None) -> None:
        self._document = document
        self._collector = collector
        self._options = options
        self._found: Recognition | None = None

    def read(self, pages: list[PageLines], watch: Watch) -> list[PageLines]:
        """The pages, those without text with what was recognised on them."""
        numbers = [page.number for page in pages if page.has_content and not page.lines]
        read: dict[int, PageLines] = {}
        if numbers and self._options is not None:
            self._found = recognised(numbers, self._draw, options=self._options, collector=self._collector, watch=watch)
            read = self._found.pages
        for number in numbers:
            if number not in read or not read[number].lines:
                self._tell_of(number)
        return [read.get(page.number, page) for page in pages]

    def noted(self, document: Document) -> Document:
        """The document with what is known of its recognised pages."""
        if self._found is None:
            return document
        return with_boxes_as_shown(replace(document, ocr_pages=tuple(self._found.facts)), self._found.turns)

    def _draw(self, number: int) -> Picture:
        page = self._document[number - 1]
        try:
            scale = min(DOTS_PER_INCH / 72, _MOST_PIXELS / max(*page.get_size(), 1))
            pixels = page.render(scale=scale, may_draw_forms=False, rev_byteorder=False).to_numpy()
            return Picture(pixels[:, :, :3].copy(), 1 / scale)
        finally:
            page.close()

    def _tell_of(self, number: int) -> None:
        self._collector.pages_without_text.append(number)
        if self._options is None:
            message = f"page {number} has no text layer: switch text recognition on for the dataset to have it read"
            self._collector.warn("PAGE_HAS_NO_TEXT", message, page=number)
