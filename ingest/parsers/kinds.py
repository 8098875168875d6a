"""The kinds of file that are read, and the advice for those that are not."""

from __future__ import annotations

from enum import StrEnum


class FileKind(StrEnum):
    PDF = "PDF"
    DOCX = "DOCX"
    DOC = "DOC"
    PPT = "PPT"
    PPTX = "PPTX"
    XLSX = "XLSX"
    XLS = "XLS"
    ODT = "ODT"
    ODS = "ODS"
    ODP = "ODP"
    CSV = "CSV"
    TSV = "TSV"
    HTML = "HTML"
    MARKDOWN = "Markdown"
    TXT = "TXT"
    JSON = "JSON"
    JSON_LINES = "JSON lines"
    EML = "EML"
    MSG = "MSG"
    EPUB = "EPUB"
    RTF = "RTF"
    PICTURE = "picture"

    @property
    def mime_type(self) -> str:
        return _MIME_TYPES[self]


_OFFICE = "application/vnd.openxmlformats-officedocument"

_MIME_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    FileKind.DOC: "application/msword",
    FileKind.PPT: "application/vnd.ms-powerpoint",
    FileKind.PPTX: f"{_OFFICE}.presentationml.presentation",
    FileKind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    FileKind.XLS: "application/vnd.ms-excel",
    FileKind.ODT: "application/vnd.oasis.opendocument.text",
    FileKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileKind.ODP: "application/vnd.oasis.opendocument.presentation",
    FileKind.CSV: "text/csv",
    FileKind.TSV: "text/tab-separated-values",
    FileKind.HTML: "text/html",
    FileKind.MARKDOWN: "text/markdown",
    FileKind.TXT: "text/plain",
    FileKind.JSON: "application/json",
    FileKind.JSON_LINES: "application/jsonl",
    FileKind.EML: "message/rfc822",
    FileKind.MSG: "application/vnd.ms-outlook",
    FileKind.EPUB: "application/epub+zip",
    FileKind.RTF: "application/rtf",
    FileKind.PICTURE: "image/*",
}

CONVERTED = frozenset({FileKind.DOC, FileKind.PPT})
"""Read where LibreOffice is installed; elsewhere they are foreign kinds."""

SUPPORTED = ", ".join(kind for kind in FileKind if kind not in CONVERTED)


class ForeignKind(StrEnum):
    """What is recognised in order to say what to do instead."""

    DOC = "an old Word document (.doc)"
    PPT = "an old PowerPoint presentation (.ppt)"
    OLE = "an OLE compound file"
    IWORK = "an Apple iWork document (.pages, .numbers, .key)"
    XLSB = "a binary Excel workbook (.xlsb)"
    ZIP = "a zip archive"
    ARCHIVE = "an archive"
    IMAGE = "a picture of a kind that is not read"
    AUDIO = "a sound file"
    VIDEO = "a video"
    XML = "an XML file"
    BINARY = "a binary file of unknown kind"


REMEDIES = {
    ForeignKind.DOC: "save it as .docx or PDF, or have LibreOffice installed where Cairn runs",
    ForeignKind.PPT: "save it as .pptx or PDF, or have LibreOffice installed where Cairn runs",
    ForeignKind.OLE: "save it in a current format such as .docx or PDF",
    ForeignKind.IWORK: "export it as PDF or as an Office file",
    ForeignKind.XLSB: "save it as .xlsx or CSV",
    ForeignKind.ZIP: "unpack it and upload the files in it",
    ForeignKind.ARCHIVE: "unpack it and upload the files in it",
    ForeignKind.IMAGE: "save it as PNG, JPEG, TIFF or WebP",
    ForeignKind.AUDIO: "upload a transcript of it",
    ForeignKind.VIDEO: "upload a transcript of it",
    ForeignKind.XML: "export it as HTML, CSV or plain text",
    ForeignKind.BINARY: "export its text as one of the supported kinds",
}
