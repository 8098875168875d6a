"""XLSX and XLSM: a page a sheet, its name as heading, its tables parted at empty rows and columns."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import cast

import openpyxl
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from ingest.documents import Document
from ingest.parsers.archive import opened_archive
from ingest.parsers.collector import BlockCollector
from ingest.parsers.errors import LimitExceeded
from ingest.parsers.kinds import FileKind
from ingest.parsers.office.grid import SheetReader, shown
from ingest.parsers.office.merges import merges_of
from ingest.parsers.office.package import OfficePackage
from ingest.parsers.office.sheet_parts import charts_of, sheet_parts
from ingest.parsers.options import ParseOptions

_WHAT = "Excel workbook"


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    collector = BlockCollector(options)
    with opened_archive(path, what=_WHAT, options=options) as archive, path.open("rb") as stream:
        package = OfficePackage(archive, what=_WHAT)
        facts = package.core_properties()
        # a stream: openpyxl judges a path by its suffix
        workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        cells = {sheet.title: cast("ReadOnlyWorksheet", sheet) for sheet in workbook.worksheets}  # as in this mode
        sheets = list(sheet_parts(package))
        _check_count(len(sheets), options)
        for number, sheet in enumerate(sheets, start=1):
            reader = SheetReader(collector, sheet.name, number)
            if sheet.name in cells:
                _read_cells(reader, archive, cells[sheet.name], sheet.part)
            reader.read_charts(charts_of(package, sheet))
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


def _read_cells(reader: SheetReader, archive: zipfile.ZipFile, sheet: ReadOnlyWorksheet, part: str) -> None:
    sheet.reset_dimensions()  # the declared size may be wrong, and rows beyond it would be left out
    with archive.open(part) as stream:
        merges = merges_of(stream)
    rows = Worksheet.iter_rows(cast("Worksheet", sheet), values_only=True)
    reader.read(([shown(value) for value in row] for row in rows), merges)
