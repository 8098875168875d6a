"""RTF by striprtf: the text without its formatting."""

from __future__ import annotations

from pathlib import Path

from striprtf.striprtf import rtf_to_text

from ingest.documents import Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions
from ingest.parsers.tables import table_of


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    collector = BlockCollector(options)
    source = path.read_bytes().decode("cp1252", errors="replace")  # 7-bit by definition; escapes carry the rest
    _add_lines(collector, str(rtf_to_text(source, errors="replace")))
    return collector.document(mime_type=FileKind.RTF.mime_type, nothing=f"the RTF file {file_name!r} has no text")


def _add_lines(collector: BlockCollector, text: str) -> None:
    """striprtf gives a paragraph a line, and a table row as cells that each end with a bar."""
    rows: list[list[str]] = []
    for line in text.splitlines():
        if line.endswith("|"):
            rows.append(line[:-1].split("|"))
            continue
        if rows:
            collector.table(table_of(rows))
            rows = []
        collector.text(line)
    if rows:
        collector.table(table_of(rows))
