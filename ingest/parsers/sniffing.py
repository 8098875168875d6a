"""What a file is, told from its content. The name decides only between kinds of text that look alike."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePath

import filetype
import olefile

from ingest.parsers.encoding import decode, has_byte_order_mark
from ingest.parsers.errors import FileHasNoText, FileIsCorrupt, FileIsEncrypted, UnsupportedFileType
from ingest.parsers.kinds import REMEDIES, SUPPORTED, FileKind, ForeignKind
from ingest.parsers.office.converter import converter

_HEAD_BYTES = 64 * 1024
_UNPRINTABLE = bytes(byte for byte in range(0x20) if byte not in b"\t\n\r\f\x1b")
_MAX_JSON_BYTES = 64 * 1024 * 1024  # a larger text is taken for JSON only by its name
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_START = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_XML_START = re.compile(r"\s*<\?xml|\s*<!DOCTYPE\s+(?!html)|\s*<[a-z]+:?[\w-]*\s+xmlns[=:]", re.IGNORECASE)
_TAG = re.compile(r"</(p|div|table|ul|ol|h[1-6]|span|a|section|article)>", re.IGNORECASE)
_MAIL_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]*):\s?.*$")
_MAIL_FIELDS = {
    *("from", "to", "cc", "subject", "date", "message-id", "mime-version", "received", "return-path"),
    *("delivered-to", "content-type", "reply-to", "x-mailer", "dkim-signature", "x-received", "sender"),
}
_OLE_PARTS = (
    ("EncryptedPackage", None),
    ("__properties_version1.0", FileKind.MSG),
    ("WordDocument", ForeignKind.DOC),
    ("PowerPoint Document", ForeignKind.PPT),
    ("Workbook", FileKind.XLS),
    ("Book", FileKind.XLS),
)
_CONVERTIBLE: Mapping[FileKind | ForeignKind, FileKind] = {
    ForeignKind.DOC: FileKind.DOC,
    ForeignKind.PPT: FileKind.PPT,
}
_OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.text": FileKind.ODT,
    "application/vnd.oasis.opendocument.spreadsheet": FileKind.ODS,
    "application/vnd.oasis.opendocument.presentation": FileKind.ODP,
}
_PICTURES = {"image/png", "image/jpeg", "image/tiff", "image/webp", "image/gif", "image/bmp"}
_TEXT_SUFFIXES = {
    **dict.fromkeys((".md", ".markdown", ".mdx", ".mkd"), FileKind.MARKDOWN),
    **dict.fromkeys((".html", ".htm", ".xhtml"), FileKind.HTML),
    **dict.fromkeys((".jsonl", ".ndjson"), FileKind.JSON_LINES),
    ".csv": FileKind.CSV,
    ".tsv": FileKind.TSV,
    ".json": FileKind.JSON,
    ".eml": FileKind.EML,
}


def sniff(path: Path, file_name: str) -> FileKind:
    """The kind of the file at `path`, which was uploaded as `file_name`.

    UnsupportedFileType with a remedy for what is not read, old Word and PowerPoint files without LibreOffice among it;
    FileIsEncrypted for an Office file behind a password, FileHasNoText for an empty file, FileIsCorrupt for a zip
    archive that cannot be opened.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if not head.strip():
        raise FileHasNoText(f"the file is empty: {file_name!r} holds {len(head)} bytes and no text")
    kind = _binary_kind(path, head)
    if kind is None:
        kind = _text_kind(path, head, suffix=PurePath(file_name).suffix.lower())
    if kind in _CONVERTIBLE and converter() is not None:
        kind = _CONVERTIBLE[kind]
    if isinstance(kind, ForeignKind):
        raise UnsupportedFileType(file_name=file_name, detected=kind, remedy=REMEDIES[kind], supported=SUPPORTED)
    return kind


def _binary_kind(path: Path, head: bytes) -> FileKind | ForeignKind | None:
    if b"%PDF-" in head[:1024]:
        return FileKind.PDF
    if head.startswith(b"{\\rtf"):
        return FileKind.RTF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path)
    if head.startswith(_OLE_MAGIC):
        return _ole_kind(path)
    if has_byte_order_mark(head) or (b"\x00" not in head and not _is_known_binary(head)):
        return None
    return _foreign_binary(head)


def _is_known_binary(head: bytes) -> bool:
    """The share first: it is told a hundred times faster, and answers for nearly every text."""
    return _unprintable_share(head) > 0.05 and filetype.guess_mime(head) is not None


def _unprintable_share(head: bytes) -> float:
    return 1 - len(head.translate(None, delete=_UNPRINTABLE)) / len(head)


def _foreign_binary(head: bytes) -> FileKind | ForeignKind:
    mime = str(filetype.guess_mime(head) or "")
    if mime.startswith("image/"):
        return FileKind.PICTURE if mime in _PICTURES else ForeignKind.IMAGE
    if mime.startswith("audio/"):
        return ForeignKind.AUDIO
    if mime.startswith("video/"):
        return ForeignKind.VIDEO
    return ForeignKind.ARCHIVE if re.search(r"zip|tar|rar|7z|compress|lz|zstd", mime) else ForeignKind.BINARY


def _zip_kind(path: Path) -> FileKind | ForeignKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            mime = archive.open("mimetype").read(128).decode("ascii", "replace").strip() if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FileIsCorrupt("zip-based file", str(error)) from error
    if mime == "application/epub+zip" or "META-INF/container.xml" in names:
        return FileKind.EPUB
    if "[Content_Types].xml" in names:
        return _office_kind(names)
    if any(name.endswith(".iwa") or name == "index.xml" for name in names):
        return ForeignKind.IWORK
    return _OPEN_DOCUMENT.get(mime.removesuffix("-template"), ForeignKind.ZIP)


def _office_kind(names: set[str]) -> FileKind | ForeignKind:
    if "xl/workbook.bin" in names:
        return ForeignKind.XLSB
    for folder, kind in (("word/", FileKind.DOCX), ("ppt/", FileKind.PPTX), ("xl/", FileKind.XLSX)):
        if any(name.startswith(folder) for name in names):
            return kind
    return ForeignKind.ZIP


def _ole_kind(path: Path) -> FileKind | ForeignKind:
    """By what stands at the top: a message may hold a Word document, and a document a message."""
    top = _top_of(path)
    for part, kind in _OLE_PARTS:
        if part.casefold() in top:
            if kind is None:
                raise FileIsEncrypted("Office file")
            return kind
    return ForeignKind.OLE


def _top_of(path: Path) -> set[str]:
    """Names of the streams at the top; of a broken file those that its bytes hold, so that it is still told apart."""
    try:
        with olefile.OleFileIO(path) as compound:
            return {entry[0].casefold() for entry in compound.listdir() if len(entry) == 1}
    except Exception:  # noqa: BLE001 - the library raises whatever a broken file makes it stumble over
        data = path.read_bytes()
        return {part.casefold() for part, _ in _OLE_PARTS if part.encode("utf-16-le") in data}


def _text_kind(path: Path, head: bytes, *, suffix: str) -> FileKind | ForeignKind:
    text = decode(head).lstrip("\ufeff \r\n\t")
    named = _TEXT_SUFFIXES.get(suffix, FileKind.TXT)
    if named is FileKind.MARKDOWN:
        return named
    return _markup_kind(text, named) or _json_kind(path, text, named) or _mail_kind(text, named) or _plain(named)


def _plain(named: FileKind) -> FileKind:
    """Kinds that have a signature of their own and did not show it are plain text, whatever the name says."""
    return named if named in {FileKind.CSV, FileKind.TSV} else FileKind.TXT


def _markup_kind(text: str, named: FileKind) -> FileKind | ForeignKind | None:
    if not text.startswith("<"):
        return FileKind.HTML if named is FileKind.HTML and _TAG.search(text) else None
    if _HTML_START.search(text[:4096]):
        return FileKind.HTML
    if _XML_START.match(text):
        return ForeignKind.XML
    return FileKind.HTML if _TAG.search(text) and named in {FileKind.HTML, FileKind.TXT} else None


def _json_kind(path: Path, text: str, named: FileKind) -> FileKind | None:
    if text[:1] not in {"{", "["}:
        return None
    if named in {FileKind.JSON, FileKind.JSON_LINES}:
        return _lines_or_whole(path, named)
    return _lines_or_whole(path, None) if path.stat().st_size <= _MAX_JSON_BYTES else None


def _lines_or_whole(path: Path, named: FileKind | None) -> FileKind | None:
    with path.open("rb") as stream:
        first, second = (decode(stream.readline()).lstrip("\ufeff") for _ in range(2))
    if _is_json(first) and (second.strip() or named is FileKind.JSON_LINES):
        return FileKind.JSON_LINES if _is_json(second) or named is FileKind.JSON_LINES else named
    if named is not None:
        return FileKind.JSON  # named so and begins so: a mistake in it is reported, not read as prose
    return FileKind.JSON if _is_json(decode(path.read_bytes())) else None


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def _mail_kind(text: str, named: FileKind) -> FileKind | None:
    """Three fields of a mail header before the first empty line, sender or date among them; two under .eml."""
    fields = set()
    for line in text.split("\n")[:200]:
        if not line.strip():
            break
        match = _MAIL_FIELD.match(line.rstrip("\r"))
        if match:
            fields.add(match[1].lower())
        elif not line.startswith((" ", "\t")):
            return None
    known = len(fields & _MAIL_FIELDS)
    enough = known >= 2 if named is FileKind.EML else known >= 3 and bool(fields & {"from", "date"})
    return FileKind.EML if enough else None
