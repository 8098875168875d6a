"""TXT: paragraphs at blank lines, nothing interpreted."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.documents import Document
from ingest.parsers.cleaning import clean
from ingest.parsers.collector import BlockCollector
from ingest.parsers.encoding import decode
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+|\x0c")


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    collector = BlockCollector(options)
    add_paragraphs(collector, decode(path.read_bytes()))
    return collector.document(mime_type=FileKind.TXT.mime_type, nothing=f"the file is empty: {file_name!r}")


def add_paragraphs(collector: BlockCollector, text: str, *, page: int | None = None) -> None:
    for paragraph in _BLANK_LINES.split(clean(text.replace("\x0c", "\n\n"))):
        collector.text(paragraph, page=page)
