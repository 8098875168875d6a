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
        if is_docling:
            seconds = (seconds + self.docling.page_seconds) * DOCLING_LOT
        return replace(
            self.limits,
            memory_bytes=self._memory(settings),
            steps=(self.max_pages if is_docling else ocr_pages) + 1,  # one is told before the first page
            step_seconds=seconds,
        )

    def shared(self, settings: Sequence[BuildSettings]) -> Limits:
        """Of each of several small files in one child, which nobody watches."""
        return replace(self.limits, memory_bytes=max(self._memory(one) for one in settings))

    def _memory(self, settings: BuildSettings) -> int:
        wanted = [self.limits.memory_bytes]
        if settings.ocr_max_pages:
            wanted.append(self.ocr.memory_bytes)
        if self._may_be_docling(settings):
            wanted.append(self.docling.memory_bytes)
        return max(wanted)

    def _may_be_docling(self, settings: BuildSettings) -> bool:
        return self.has_docling and settings.engine in {ParserEngine.DOCLING, ParserEngine.AUTO}
