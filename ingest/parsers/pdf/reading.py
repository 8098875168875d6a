"""PDF by pypdfium2: text with its place on the page. Only pages for text recognition are drawn; no script is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.documents import Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.errors import FileHasNoText, FileIsCorrupt, FileIsEncrypted, LimitExceeded, OcrIsOff, ParseRefused
from ingest.parsers.kinds import FileKind
from ingest.parsers.lines import PageLines
from ingest.parsers.options import ParseOptions, Watch, unwatched
from ingest.parsers.pdf.assembly import assemble
from ingest.parsers.pdf.extraction import page_lines
from ingest.parsers.pdf.headings import OutlineEntry
from ingest.parsers.pdf.scans import Scans

_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")
_FIELDS = {"Title": "title", "Author": "author", "Subject": "subject", "Keywords": "keywords"}
_PLACEHOLDER = re.compile(
    r"^\W*(?:untitled|anonymous|unspecified|unknown|title)\W*$"
    r"|^microsoft \w+ - |.+\.(?:docx?|od[tps]|pptx?|xlsx?|tex|dvi|indd)$",
    re.IGNORECASE,
)  # what programs write where nobody gave a title
_MOST_OUTLINE_ENTRIES = 20_000


def read(path: Path, *, file_name: str, options: ParseOptions, watch: Watch = unwatched) -> Document:
    document = _opened(path)
    try:
        document.init_forms()  # before any page is loaded; scripts in it are not run, as this pdfium has no engine
        _check_count(len(document), options)
        collector = BlockCollector(options)
        pages = [_page(document, index, collector) for index in range(len(document))]
        scans = Scans(document, collector, options.ocr)
        pages = scans.read(pages, watch)
        if not any(page.lines for page in pages):
            raise _nothing(file_name, len(pages), options)
        outline = list(_outline(document))
        metadata = _metadata(document)
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
    return page


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


def _nothing(file_name: str, pages: int, options: ParseOptions) -> ParseRefused:
    if options.ocr is None:
        return OcrIsOff(
            f"the PDF {file_name!r} has {pages} {'page' if pages == 1 else 'pages'} without a text layer: "
            "it is a scan or a drawing"
        )
    return FileHasNoText(f"the PDF {file_name!r} has {pages} pages, and text recognition found no text on them")
