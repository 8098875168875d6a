"""A PDF opened by pypdfium2, with what is known of it before any page is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.parsers.errors import FileHasNoText, FileIsCorrupt, FileIsEncrypted, LimitExceeded, OcrIsOff, ParseRefused
from ingest.parsers.options import ParseOptions

_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")
_FIELDS = {"Title": "title", "Author": "author", "Subject": "subject", "Keywords": "keywords"}
_PLACEHOLDER = re.compile(
    r"^\W*(?:untitled|anonymous|unspecified|unknown|title)\W*$"
    r"|^microsoft \w+ - |.+\.(?:docx?|od[tps]|pptx?|xlsx?|tex|dvi|indd)$",
    re.IGNORECASE,
)  # what programs write where nobody gave a title


def opened(path: Path) -> pypdfium2.PdfDocument:
    """A file that opens with the empty password is not kept from anyone."""
    for password in (None, ""):
        try:
            return pypdfium2.PdfDocument(path, password=password)
        except pypdfium2.PdfiumError as error:
            if error.err_code != pdfium.FPDF_ERR_PASSWORD:
                raise FileIsCorrupt("PDF", "its structure is damaged or cut short") from error
    raise FileIsEncrypted("PDF")


def check_count(pages: int, options: ParseOptions) -> None:
    if pages == 0:
        raise FileIsCorrupt("PDF", "it has no pages")
    if pages > options.max_pages:
        raise LimitExceeded(
            limit="pages", allowed=options.max_pages, found=f"it has {pages} pages", setting="CAIRN_PARSE_MAX_PAGES"
        )


def metadata_of(document: pypdfium2.PdfDocument) -> Mapping[str, str]:
    values = document.get_metadata_dict(skip_empty=True)
    metadata = {name: str(values[key]) for key, name in _FIELDS.items() if key in values}
    metadata = {name: value for name, value in metadata.items() if not _PLACEHOLDER.match(value)}
    if date := _DATE.match(str(values.get("CreationDate", ""))):
        metadata["created"] = "-".join(part for part in date.groups() if part)
    return metadata


def without_text(file_name: str, pages: int, options: ParseOptions) -> ParseRefused:
    if options.ocr is None:
        return OcrIsOff(
            f"the PDF {file_name!r} has {pages} {'page' if pages == 1 else 'pages'} without a text layer: "
            "it is a scan or a drawing"
        )
    return FileHasNoText(f"the PDF {file_name!r} has {pages} pages, and text recognition found no text on them")
