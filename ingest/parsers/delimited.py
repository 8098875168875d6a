"""CSV and TSV: one table with its header."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

from ingest.documents import Document
from ingest.parsers.cleaning import clean
from ingest.parsers.collector import BlockCollector
from ingest.parsers.encoding import decode
from ingest.parsers.errors import FileIsCorrupt
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions
from ingest.parsers.tables import table_of

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50
_FIELD_CHARACTERS = 1_000_000


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    text = clean(decode(path.read_bytes()))
    collector = BlockCollector(options)
    rows: list[Sequence[str]] = []
    for row in _rows(text):
        rows.append(row)
        collector.check_rows(len(rows))
    collector.table(table_of(rows, header_rows=1 if len(rows) > 1 else 0))
    kind = FileKind.TSV if PurePath(file_name).suffix.lower() == ".tsv" else FileKind.CSV
    return collector.document(mime_type=kind.mime_type, nothing=f"the table in {file_name!r} has no cell with text")


def _rows(text: str) -> Iterator[Sequence[str]]:
    csv.field_size_limit(_FIELD_CHARACTERS)
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter_of(text)):
            if any(cell.strip() for cell in row):
                yield row
    except csv.Error as error:
        raise FileIsCorrupt("CSV file", str(error)) from error


def delimiter_of(text: str) -> str:
    """The delimiter under which the first rows agree best on a number of cells above one; a comma where none does."""
    sample = text.splitlines(keepends=True)[:_SAMPLE_ROWS]
    return max(_DELIMITERS, key=lambda delimiter: (_agreement(sample, delimiter), delimiter == ","))


def _agreement(sample: Sequence[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
    except csv.Error:
        return 0.0, 0
    commonest = max(set(widths), key=widths.count, default=1)
    return (widths.count(commonest) / len(widths), commonest) if commonest > 1 else (0.0, 0)
