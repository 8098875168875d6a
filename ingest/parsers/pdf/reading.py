"""PDF by pypdfium2: text with its place on the page. Only pages for text recognition are drawn; no script is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2

from ingest.documents import Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.kinds import FileKind
from ingest.parsers.lines import PageLines
from ingest.parsers.options import ParseOptions, Watch, unwatched
from ingest.parsers.pdf.assembly import assemble
from ingest.parsers.pdf.extraction import page_lines
from ingest.parsers.pdf.headings import OutlineEntry
from ingest.parsers.pdf.opening import check_count, metadata_of, opened, without_text
from ingest.parsers.pdf.scans import Scans

_MOST_OUTLINE_ENTRIES = 20_000


def read(path: Path, *, file_name: str, options: ParseOptions, watch: Watch = unwatched) -> Document:
    document = opened(path)
    try:
        document.init_forms()  # before any page is loaded; scripts in it are not run, as this pdfium has no engine
        check_count(len(document), options)
        collector = BlockCollector(options)
        pages = [_page(document, index, collector) for index in range(len(document))]
        scans = Scans(document, collector, options.ocr)
        pages = scans.read(pages, watch)
        if not any(page.lines for page in pages):
            raise without_text(file_name, len(pages), options)
        outline = list(_outline(document))
        metadata = metadata_of(document)
    finally:
        document.close()
    assemble(collector, pages, outline)
    read_document = collector.document(
        mime_type=FileKind.PDF.mime_type,
        nothing=f"the PDF {file_name!r} has no text on its {len(pages)} pages",
        title=metadata.get("title"),
        page_count=len(pages),
        metadata=metadata,
        published_at=metadata.get("created"),
    )
    return scans.noted(read_document)


def _page(document: pypdfium2.PdfDocument, index: int, collector: BlockCollector) -> PageLines:
    """A page that pdfium cannot load is left out with a warning: the others are worth having."""
    try:
        page = page_lines(document, index)
    except pypdfium2.PdfiumError:
        collector.warn("PAGE_IS_DAMAGED", f"page {index + 1} cannot be read and was left out", page=index + 1)
        return PageLines(index + 1, 0, 0, [], has_content=False)
    return page


def _outline(document: pypdfium2.PdfDocument) -> Iterator[OutlineEntry]:
    for number, bookmark in enumerate(document.get_toc()):
        if number >= _MOST_OUTLINE_ENTRIES:
            return
        target = bookmark.get_dest()
        index = target.get_index() if target is not None else None
        if index is not None:
            yield OutlineEntry(title=bookmark.get_title(), level=bookmark.level + 1, page=index + 1)
