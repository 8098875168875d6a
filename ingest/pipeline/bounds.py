"""What reading one file may take, by what its build asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.documents import ParserEngine
from ingest.files.builds import BuildSettings
from ingest.parsers.options import DOCLING_LOT
from ingest.sandbox.limits import Limits
from ingest.settings import DoclingLimits, OcrLimits


@dataclass(frozen=True, slots=True)
class ParseBounds:
    """`limits` of any file; `ocr` and `docling` of those that are read so. Time is added by what is done: a file that
    only pretends to be read has no more than any other. `max_pages` of one file. `has_docling`: whether AUTO may use
    it."""

    limits: Limits
    ocr: OcrLimits
    docling: DoclingLimits
    max_pages: int
    has_docling: bool

    def of(self, settings: BuildSettings) -> Limits:
        """A step is a page under text recognition, or a few that Docling is given at a time."""
        ocr_pages, is_docling = settings.ocr_max_pages or 0, self._may_be_docling(settings)
        if not ocr_pages and not is_docling:
            return self.limits
        seconds = self.ocr.page_seconds if ocr_pages else 0
        names = ["CAIRN_OCR_PAGE_SECONDS"] if ocr_pages else []
        if is_docling:
            seconds = (seconds + self.docling.page_seconds) * DOCLING_LOT
            names.insert(0, "CAIRN_DOCLING_PAGE_SECONDS")
        return replace(
            self._with_memory([settings]),
            steps=(self.max_pages if is_docling else ocr_pages) + 1,  # one is told before the first page
            step_seconds=seconds,
            step_setting=" or ".join(names),
        )

    def shared(self, settings: Sequence[BuildSettings]) -> Limits:
        """Of each of several small files in one child, which nobody watches."""
        return self._with_memory(settings)

    def _with_memory(self, settings: Sequence[BuildSettings]) -> Limits:
        """What the neediest of them may take, and the setting that says so."""
        wanted = [(self.limits.memory_bytes, self.limits.memory_setting)]
        if any(one.ocr_max_pages for one in settings):
            wanted.append((self.ocr.memory_bytes, "CAIRN_OCR_MEMORY"))
        if any(map(self._may_be_docling, settings)):
            wanted.append((self.docling.memory_bytes, "CAIRN_DOCLING_MEMORY"))
        memory_bytes, setting = max(wanted, key=lambda one: one[0])
        return replace(self.limits, memory_bytes=memory_bytes, memory_setting=setting)

    def _may_be_docling(self, settings: BuildSettings) -> bool:
        return self.has_docling and settings.engine in {ParserEngine.DOCLING, ParserEngine.AUTO}
