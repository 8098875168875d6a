"""EPUB: the chapters in the order of the spine."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from ingest.documents import Document
from ingest.parsers.archive import member_xml, opened_archive
from ingest.parsers.collector import BlockCollector
from ingest.parsers.encoding import decode
from ingest.parsers.errors import FileIsCorrupt, FileIsEncrypted
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions
from ingest.parsers.web.blocks import HtmlBlocks
from ingest.parsers.web.tree import declared_charset, parse_html

_WHAT = "EPUB"
_CONTENT_TYPES = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml"}
_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    collector = BlockCollector(options)
    with opened_archive(path, what=_WHAT, options=options) as archive:
        _check_protection(archive)
        package_name = _package_name(archive)
        package = member_xml(archive, package_name, what=_WHAT)
        for name in _chapters(package, posixpath.dirname(package_name)):
            _add_chapter(collector, archive, name)
    facts = _facts(package)
    return collector.document(
        mime_type=FileKind.EPUB.mime_type,
        nothing=f"the book {file_name!r} has no text in its chapters",
        title=facts.get("title"),
        language=facts.get("language"),
        metadata=facts,
        published_at=facts.get("date"),
    )


def _check_protection(archive: zipfile.ZipFile) -> None:
    """FileIsEncrypted for rights management; obfuscated fonts alone do no harm."""
    if "META-INF/encryption.xml" not in archive.namelist():
        return
    methods = member_xml(archive, "META-INF/encryption.xml", what=_WHAT).xpath(
        "//*[local-name()='EncryptedData']/*[local-name()='EncryptionMethod']/@Algorithm"
    )
    if any(str(method) not in _FONT_OBFUSCATION for method in methods):  # type: ignore[union-attr]  # XPath gives a list here
        raise FileIsEncrypted(_WHAT)


def _package_name(archive: zipfile.ZipFile) -> str:
    container = member_xml(archive, "META-INF/container.xml", what=_WHAT)
    for element in container.iter("{*}rootfile"):
        if name := element.get("full-path"):
            return str(name)
    raise FileIsCorrupt(_WHAT, "its container names no package")


def _chapters(package: etree._Element, folder: str) -> Iterator[str]:
    items = {str(item.get("id")): item for item in package.iter("{*}item")}
    for reference in package.iter("{*}itemref"):
        item = items.get(str(reference.get("idref")))
        if item is None or str(item.get("media-type")) not in _CONTENT_TYPES:
            continue
        if "nav" not in str(item.get("properties") or "").split():
            yield posixpath.normpath(posixpath.join(folder, unquote(str(item.get("href")))))


def _add_chapter(collector: BlockCollector, archive: zipfile.ZipFile, name: str) -> None:
    try:
        data = archive.read(name)
    except KeyError:
        collector.warn("CHAPTER_IS_MISSING", f"the chapter {name!r} is listed and not in the file")
        return
    root = parse_html(decode(data, declared=declared_charset(data)))
    if root is not None:
        collector.start_over_headings()
        HtmlBlocks(collector).add(root)


def _facts(package: etree._Element) -> Mapping[str, str]:
    facts: dict[str, str] = {}
    for name, key in (("title", "title"), ("creator", "author"), ("language", "language"), ("date", "date")):
        element = next(package.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}"), None)
        if element is not None and element.text:
            facts[key] = element.text.strip()
    return facts
