"""What Docling is given of a file, within the bounds that hold for every parser, and what is known of it without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.parsers.archive import opened_archive
from ingest.parsers.encoding import decode
from ingest.parsers.errors import FileHasNoText
from ingest.parsers.kinds import FileKind
from ingest.parsers.markdown import front_matter
from ingest.parsers.office.package import OfficePackage
from ingest.parsers.options import ParseOptions
from ingest.parsers.pdf.opening import check_count, metadata_of, opened
from ingest.parsers.web.facts import facts_of
from ingest.parsers.web.tree import declared_charset, parse_html

_OFFICE = frozenset({FileKind.DOCX, FileKind.PPTX, FileKind.XLSX})
_BYTE_ORDER_MARK = "\ufeff"  # a page may declare another encoding than the one it is handed on in


@dataclass(frozen=True, slots=True)
class Source:
    """`pages` of a PDF, and `textless` those of them without a text layer; 0 and none for all else."""

    kind: FileKind
    content: bytes
    title: str | None = None
    language: str | None = None
    published_at: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    pages: int = 0
    textless: Sequence[int] = ()


def source_of(path: Path, kind: FileKind, *, file_name: str, options: ParseOptions) -> Source:
    """ParseRefused as the native parsers refuse: for passwords, damage, bombs, too many pages, no text."""
    if kind is FileKind.PDF:
        return _pdf(path, options)
    if kind in _OFFICE:
        return _office(path, kind, options)
    text = decode(path.read_bytes(), declared=declared_charset(path.read_bytes()) if kind is FileKind.HTML else None)
    if kind is FileKind.HTML:
        return _page(text, file_name)
    if kind is FileKind.MARKDOWN:
        metadata, text = front_matter(text)
        language = metadata.get("lang") or metadata.get("language")
        published_at = metadata.get("date") or metadata.get("published")
        return Source(kind, text.encode(), metadata.get("title"), language, published_at, metadata)
    return Source(kind, text.encode())


def _pdf(path: Path, options: ParseOptions) -> Source:
    document = opened(path)
    try:
        check_count(len(document), options)
        textless = [number + 1 for number, page in enumerate(document) if not page.get_textpage().count_chars()]
        metadata = metadata_of(document)
        pages = len(document)
    finally:
        document.close()
    return Source(
        FileKind.PDF,
        path.read_bytes(),
        title=metadata.get("title"),
        published_at=metadata.get("created"),
        metadata=metadata,
        pages=pages,
        textless=textless,
    )


def _office(path: Path, kind: FileKind, options: ParseOptions) -> Source:
    with opened_archive(path, what=f"{kind} file", options=options) as archive:
        facts = OfficePackage(archive, what=f"{kind} file").core_properties()
    return Source(kind, path.read_bytes(), facts.get("title"), facts.get("language"), facts.get("created"), facts)


def _page(text: str, file_name: str) -> Source:
    root = parse_html(text)
    if root is None:
        raise FileHasNoText(f"the page {file_name!r} has no visible text")
    facts = facts_of(root)
    content = (_BYTE_ORDER_MARK + text).encode()
    return Source(FileKind.HTML, content, facts.title, facts.language, facts.published_at, facts.metadata)
