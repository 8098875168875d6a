"""XLSX and XLSM: a page a sheet, its name as heading, its tables parted at empty rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeAlias, cast

import openpyxl
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from ingest.documents import Document
from ingest.parsers.archive import opened_archive
from ingest.parsers.collector import BlockCollector
from ingest.parsers.errors import LimitExceeded
from ingest.parsers.kinds import FileKind
from ingest.parsers.office.package import OfficePackage
from ingest.parsers.options import ParseOptions
from ingest.parsers.tables import table_of

Cell: TypeAlias = object
_WHAT = "Excel workbook"


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    collector = BlockCollector(options)
    with opened_archive(path, what=_WHAT, options=options) as archive:
        facts = OfficePackage(archive, what=_WHAT).core_properties()
    with path.open("rb") as stream:  # a stream, since openpyxl judges a path by its suffix
        workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheets = cast("list[ReadOnlyWorksheet]", workbook.worksheets)  # what read-only mode gives
        _check_count(len(sheets), options)
        for number, sheet in enumerate(sheets, start=1):
            _add_sheet(collector, sheet, number)
    return collector.document(
        mime_type=FileKind.XLSX.mime_type,
        nothing=f"the workbook {file_name!r} has {len(sheets)} sheets and no cell with a value",
        title=facts.get("title"),
        language=facts.get("language"),
        page_count=len(sheets),
        metadata=facts,
        published_at=facts.get("created"),
    )


def _check_count(sheets: int, options: ParseOptions) -> None:
    if sheets > options.max_pages:
        raise LimitExceeded(
            limit="pages", allowed=options.max_pages, found=f"it has {sheets} sheets", setting="CAIRN_PARSE_MAX_PAGES"
        )


def _add_sheet(collector: BlockCollector, sheet: ReadOnlyWorksheet, page: int) -> None:
    """A sheet without values leaves no trace, not even its heading."""
    sheet.reset_dimensions()  # the declared size may be wrong, and rows beyond it would be left out
    headed = False
    for rows in _regions(collector, sheet):
        if not headed:
            collector.start_over_headings()
            collector.heading(sheet.title, 1, page=page)
            headed = True
        _add_region(collector, rows, page)


def _regions(collector: BlockCollector, sheet: ReadOnlyWorksheet) -> Iterator[list[list[str]]]:
    region: list[list[str]] = []
    for values in Worksheet.iter_rows(cast("Worksheet", sheet), values_only=True):
        row = _trimmed([_shown(value) for value in values])
        if row:
            region.append(row)
            collector.check_rows(len(region))
        elif region:
            yield region
            region = []
    if region:
        yield region


def _add_region(collector: BlockCollector, rows: Sequence[Sequence[str]], page: int) -> None:
    """Rows with a single cell above a wider table are its title or remarks, not its header."""
    width = max(sum(1 for cell in row if cell) for row in rows)
    start = 0
    while width > 1 and start < len(rows) and sum(1 for cell in rows[start] if cell) == 1:
        start += 1
    collector.text("\n".join(" ".join(filter(None, row)) for row in rows[:start]), page=page)
    table = rows[start:]
    if width == 1:
        collector.count_rows(len(table))
        collector.text("\n".join(" ".join(filter(None, row)) for row in table), page=page)
    else:
        collector.table(table_of(table, header_rows=1 if len(table) > 1 else 0), page=page)


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def _shown(value: Cell) -> str:
    """Dates as ISO, midnight left out; whole numbers without the point that spreadsheets store them with."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            return value.isoformat()
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(round(value, 12))
        case _:
            return str(value).strip()
