"""PDF by pypdfium2: text with its place on the page. Nothing is rendered and no script is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.documents import Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.errors import FileHasNoText, FileIsCorrupt, FileIsEncrypted, LimitExceeded
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions
from ingest.parsers.pdf.columns import in_reading_order
from ingest.parsers.pdf.extraction import page_lines
from ingest.parsers.pdf.furniture import without_furniture
from ingest.parsers.pdf.headings import HeadingRules, OutlineEntry
from ingest.parsers.pdf.lines import Line, PageLines
from ingest.parsers.pdf.paragraphs import ParagraphJoiner
from ingest.parsers.pdf.tables import with_tables

_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")
_FIELDS = {"Title": "title", "Author": "author", "Subject": "subject", "Keywords": "keywords"}
_PLACEHOLDER = re.compile(
    r"^\W*(?:untitled|anonymous|unspecified|unknown|title)\W*$"
    r"|^microsoft \w+ - |.+\.(?:docx?|od[tps]|pptx?|xlsx?|tex|dvi|indd)$",
    re.IGNORECASE,
)  # what programs write where nobody gave a title
_MOST_OUTLINE_ENTRIES = 20_000


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    document = _opened(path)
    try:
        _check_count(len(document), options)
        collector = BlockCollector(options)
        pages = [_page(document, index, collector) for index in range(len(document))]
        if not any(page.lines for page in pages):
            raise FileHasNoText(_scan_message(file_name, len(pages)))
        outline = list(_outline(document))
        metadata = _metadata(document)
    finally:
        document.close()
    _assemble(collector, pages, outline)
    return collector.document(
        mime_type=FileKind.PDF.mime_type,
        nothing=_scan_message(file_name, len(pages)),
        title=metadata.get("title"),
        page_count=len(pages),
        metadata=metadata,
        published_at=metadata.get("created"),
    )


def _opened(path: Path) -> pypdfium2.PdfDocument:
    """A file that opens with the empty password is not kept from anyone."""
    for password in (None, ""):
        try:
            return pypdfium2.PdfDocument(path, password=password)
        except pypdfium2.PdfiumError as error:
            if error.err_code != pdfium.FPDF_ERR_PASSWORD:
                raise FileIsCorrupt("PDF", "its structure is damaged or cut short") from error
    raise FileIsEncrypted("PDF")


def _check_count(pages: int, options: ParseOptions) -> None:
    if pages == 0:
        raise FileIsCorrupt("PDF", "it has no pages")
    if pages > options.max_pages:
        raise LimitExceeded(
            limit="pages", allowed=options.max_pages, found=f"it has {pages} pages", setting="CAIRN_PARSE_MAX_PAGES"
        )


def _page(document: pypdfium2.PdfDocument, index: int, collector: BlockCollector) -> PageLines:
    """A page that pdfium cannot load is left out with a warning: the others are worth having."""
    try:
        page = page_lines(document, index)
    except pypdfium2.PdfiumError:
        collector.warn("PAGE_IS_DAMAGED", f"page {index + 1} cannot be read and was left out", page=index + 1)
        return PageLines(index + 1, 0, 0, [], has_content=False)
    if page.has_content and not page.lines:
        message = f"page {index + 1} has no text layer: if it is a scan, run OCR over the file and upload it again"
        collector.warn("PAGE_HAS_NO_TEXT", message, page=index + 1)
        collector.pages_without_text.append(index + 1)
    return page


def _assemble(collector: BlockCollector, pages: list[PageLines], outline: list[OutlineEntry]) -> None:
    kept = without_furniture(pages)
    if not any(page.lines for page in kept):
        kept = pages  # nothing but what repeats: slides of one sentence, forms
    columns = [with_tables(column) for page in kept for column in in_reading_order(page.lines)]
    rules = HeadingRules([piece for column in columns for piece in column if isinstance(piece, Line)], outline)
    joiner = ParagraphJoiner(collector, rules)
    for column in columns:
        joiner.add_column(column)
    joiner.finish()


def _outline(document: pypdfium2.PdfDocument) -> Iterator[OutlineEntry]:
    for number, bookmark in enumerate(document.get_toc()):
        if number >= _MOST_OUTLINE_ENTRIES:
            return
        target = bookmark.get_dest()
        index = target.get_index() if target is not None else None
        if index is not None:
            yield OutlineEntry(title=bookmark.get_title(), level=bookmark.level + 1, page=index + 1)


def _metadata(document: pypdfium2.PdfDocument) -> Mapping[str, str]:
    values = document.get_metadata_dict(skip_empty=True)
    metadata = {name: str(values[key]) for key, name in _FIELDS.items() if key in values}
    metadata = {name: value for name, value in metadata.items() if not _PLACEHOLDER.match(value)}
    if date := _DATE.match(str(values.get("CreationDate", ""))):
        metadata["created"] = "-".join(part for part in date.groups() if part)
    return metadata


def _scan_message(file_name: str, pages: int) -> str:
    return (
        f"the PDF {file_name!r} has {pages} pages and no text layer: it is a scan or a drawing; "
        "run OCR over it and upload it again"
    )
