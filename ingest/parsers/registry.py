"""Which module reads which kind. Modules are named here and imported on first use: each brings its own library."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from ingest.documents import Document
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions, Watch


class Parser(Protocol):
    """A module's `read`. Raises ParseRefused; `file_name` is for messages only."""

    def __call__(self, path: Path, *, file_name: str, options: ParseOptions) -> Document: ...


class RecognisingParser(Protocol):
    """As Parser, of a kind whose pages may need text recognition, which takes its time and tells how far it is."""

    def __call__(self, path: Path, *, file_name: str, options: ParseOptions, watch: Watch) -> Document: ...


PARSER_MODULES: Mapping[FileKind, str] = {
    FileKind.DOCX: "ingest.parsers.office.word",
    FileKind.DOC: "ingest.parsers.office.old_word",
    FileKind.PPT: "ingest.parsers.office.old_slides",
    FileKind.PPTX: "ingest.parsers.office.slides",
    FileKind.XLSX: "ingest.parsers.office.workbook",
    FileKind.XLS: "ingest.parsers.office.old_workbook",
    FileKind.ODT: "ingest.parsers.office.open_document",
    FileKind.ODS: "ingest.parsers.office.open_document",
    FileKind.ODP: "ingest.parsers.office.open_document",
    FileKind.CSV: "ingest.parsers.delimited",
    FileKind.TSV: "ingest.parsers.delimited",
    FileKind.HTML: "ingest.parsers.web.page",
    FileKind.MARKDOWN: "ingest.parsers.markdown",
    FileKind.TXT: "ingest.parsers.plain_text",
    FileKind.JSON: "ingest.parsers.json_text",
    FileKind.JSON_LINES: "ingest.parsers.json_text",
    FileKind.EML: "ingest.parsers.mail.internet",
    FileKind.MSG: "ingest.parsers.mail.outlook",
    FileKind.EPUB: "ingest.parsers.book",
    FileKind.RTF: "ingest.parsers.rich_text",
}

RECOGNISING_MODULES: Mapping[FileKind, str] = {
    FileKind.PDF: "ingest.parsers.pdf.reading",
    FileKind.PICTURE: "ingest.parsers.picture",
}


DOCLING_MODULE = "ingest.parsers.docling.reading"


def docling_parser(kind: FileKind, watch: Watch) -> Parser:
    """Refuses, once it is called, kinds that Docling is not asked to read."""

    def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
        document: Document = import_module(DOCLING_MODULE).read(
            path, kind, file_name=file_name, options=options, watch=watch
        )
        return document

    return read


def parser_of(kind: FileKind, watch: Watch) -> Parser:
    if kind in RECOGNISING_MODULES:
        recognising = cast("RecognisingParser", import_module(RECOGNISING_MODULES[kind]).read)
        return partial(recognising, watch=watch)
    return cast("Parser", import_module(PARSER_MODULES[kind]).read)
