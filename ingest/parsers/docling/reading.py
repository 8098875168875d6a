"""A file to a document by Docling, lot by lot of a PDF's pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from ingest.documents import Document, OcrPage, ParserEngine
from ingest.parsers.collector import BlockCollector
from ingest.parsers.docling.conversion import add_blocks
from ingest.parsers.docling.engine import SUFFIXES, Engine, Part
from ingest.parsers.docling.installation import REMEDY, missing_parts
from ingest.parsers.docling.source import Source, source_of
from ingest.parsers.errors import EngineFails, EngineIsMissing, LimitExceeded, ParseRefused
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import DOCLING_LOT, ParseOptions, Watch, unwatched
from ingest.parsers.pdf.opening import without_text

_PAGED = frozenset({FileKind.PPTX, FileKind.XLSX})
_UNSURE = 0.8
_INSTEAD = "choose NODE_NATIVE, which reads the same kinds of files and more, or AUTO"


def read(path: Path, kind: FileKind, *, file_name: str, options: ParseOptions, watch: Watch = unwatched) -> Document:
    """Raises EngineIsMissing where Docling cannot be used here or does not read the kind, EngineFails where it does
    not get through the file, and ParseRefused as other parsers do."""
    models = None if options.docling_models is None else Path(options.docling_models)
    if missing := missing_parts(models):
        raise EngineIsMissing(
            f"the parser engine DOCLING cannot be used here ({'; '.join(missing)}); {_INSTEAD}, or {REMEDY}"
        )
    if kind not in SUFFIXES:
        names = ", ".join(SUFFIXES)
        raise EngineIsMissing(
            f"the parser engine DOCLING reads {names}, and {file_name!r} is a {kind} file; {_INSTEAD}"
        )
    source = source_of(path, kind, file_name=file_name, options=options)
    if source.pages and len(source.textless) == source.pages and options.ocr is None:
        raise without_text(file_name, source.pages, options)
    reading = _Reading(Engine(models or path), source, options)
    return reading.document(list(reading.parts(watch)), file_name)


class _Lot(NamedTuple):
    first: int
    last: int
    recognise: bool


class _Reading:
    def __init__(self, engine: Engine, source: Source, options: ParseOptions) -> None:
        self._engine = engine
        self._source = source
        self._options = options
        budget = 0 if options.ocr is None else options.ocr.max_pages
        self._recognised, self._left_out = source.textless[:budget], source.textless[budget:]

    def parts(self, watch: Watch) -> Iterator[Part]:
        """A few pages at a time: what Docling holds of a page stays until it is done with all that it was given, and
        time is granted by what is done."""
        if not self._source.pages:
            yield self._part(None)
            return
        for lot in self._lots():
            watch(lot.first - 1, self._source.pages)
            yield self._part(lot)
        watch(self._source.pages, self._source.pages)

    def _lots(self) -> Iterator[_Lot]:
        """Pages that follow each other and are read in the same way."""
        recognised = frozenset(self._recognised)
        for recognise, numbers in groupby(range(1, self._source.pages + 1), recognised.__contains__):
            pages = list(numbers)
            for start in range(0, len(pages), DOCLING_LOT):
                lot = pages[start : start + DOCLING_LOT]
                yield _Lot(lot[0], lot[-1], recognise)

    def _part(self, lot: _Lot | None) -> Part:
        source = self._source
        try:
            if lot is None:
                return self._engine.read(source.content, source.kind)
            return self._engine.read(source.content, source.kind, pages=(lot.first, lot.last), recognise=lot.recognise)
        except (ParseRefused, MemoryError):
            raise
        except ImportError as error:  # packages that do not fit each other show it when they are loaded
            raise EngineIsMissing(
                f"the parser engine DOCLING cannot be loaded here ({str(error)[:200]}); {_INSTEAD}, or {REMEDY}"
            ) from error
        except Exception as error:
            where = f" on pages {lot.first} to {lot.last}" if lot is not None else ""
            reason = f"{type(error).__name__}: {str(error)[:200]}"
            raise EngineFails(
                f"Docling did not get through the {self._source.kind} file{where} ({reason}); {_INSTEAD}"
            ) from error

    def document(self, parts: list[Part], file_name: str) -> Document:
        source, collector = self._source, BlockCollector(self._options)
        pages = self._page_count(parts)
        add_blocks([part.document for part in parts], collector, has_points=source.kind is FileKind.PDF)
        told = {block.page for block in collector.blocks}
        self._tell_of_pages(parts, collector, told)
        if source.pages and not collector.blocks:
            raise without_text(file_name, source.pages, self._options)
        document = collector.document(
            mime_type=source.kind.mime_type,
            nothing=f"Docling found no text in {file_name!r}",
            title=source.title,
            language=source.language,
            page_count=pages,
            metadata=source.metadata,
            published_at=source.published_at,
        )
        return replace(document, engine=ParserEngine.DOCLING, ocr_pages=tuple(self._ocr_pages(parts)))

    def _page_count(self, parts: list[Part]) -> int | None:
        pages = self._source.pages or (len(parts[0].document.pages) if self._source.kind in _PAGED else 0)
        if pages > self._options.max_pages:
            found = f"it has {pages} pages"
            setting = "CAIRN_PARSE_MAX_PAGES"
            raise LimitExceeded(limit="pages", allowed=self._options.max_pages, found=found, setting=setting)
        return pages or None

    def _tell_of_pages(self, parts: list[Part], collector: BlockCollector, told: set[int | None]) -> None:
        for number in (page for part in parts for page in part.failed if page not in told):
            message = f"page {number} was left out: Docling could not read it"
            collector.warn("PAGE_IS_DAMAGED", message, page=number)
        for number in (page for page in self._source.textless if page not in told):
            collector.pages_without_text.append(number)
            if self._options.ocr is None:
                message = f"page {number} has no text layer: switch text recognition on for the dataset to have it read"
                collector.warn("PAGE_HAS_NO_TEXT", message, page=number)
        if self._options.ocr is not None and self._left_out:
            message = (
                f"text recognition is allowed {self._options.ocr.max_pages} pages of a file by the dataset; "
                f"{len(self._left_out)} more have no text, the first of them page {self._left_out[0]}"
            )
            collector.warn("OCR_BUDGET_SPENT", message, page=self._left_out[0])
        for one in self._ocr_pages(parts):
            if one.confidence < _UNSURE:
                message = (
                    f"text recognition was unsure of page {one.page} (confidence {one.confidence:.2f} of 1): check it"
                )
                collector.warn("OCR_IS_UNSURE", message, page=one.page)

    def _ocr_pages(self, parts: list[Part]) -> Iterator[OcrPage]:
        for part in parts:
            for number, confidence in sorted(part.recognised.items()):
                yield OcrPage(number, round(confidence, 3))
