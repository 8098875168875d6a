"""XLS, the binary workbook of Excel 97 to 2003: a page a sheet, its tables found as in XLSX."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import xlrd

from ingest.documents import Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.errors import FileIsCorrupt, FileIsEncrypted, LimitExceeded
from ingest.parsers.kinds import FileKind
from ingest.parsers.office.grid import Merges, SheetReader, shown
from ingest.parsers.options import ParseOptions

_WHAT = "Excel workbook"


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    collector = BlockCollector(options)
    book = _opened(path)
    if book.nsheets > options.max_pages:
        raise LimitExceeded(
            limit="pages",
            allowed=options.max_pages,
            found=f"it has {book.nsheets} sheets",
            setting="CAIRN_PARSE_MAX_PAGES",
        )
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        SheetReader(collector, sheet.name, number + 1).read(_rows(book, sheet), _merges(sheet))
    return collector.document(
        mime_type=FileKind.XLS.mime_type,
        nothing=f"the workbook {file_name!r} has {book.nsheets} sheets and no cell with a value",
        page_count=book.nsheets,
    )


def _opened(path: Path) -> xlrd.Book:
    try:
        return xlrd.open_workbook(str(path), formatting_info=True, logfile=_Silent())
    except NotImplementedError:  # formatting of a rare kind: merged cells are then not known
        return xlrd.open_workbook(str(path), logfile=_Silent())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise FileIsEncrypted(_WHAT) from error
        raise FileIsCorrupt(_WHAT, str(error)) from error


class _Silent:
    """xlrd remarks on what it finds odd."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        return None


def _merges(sheet: xlrd.sheet.Sheet) -> Merges:
    found: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for first, end, left, right in sheet.merged_cells:
        for row in range(first, min(end, first + 1000)):
            found[row].append((left, right - 1, first))
    return found


def _rows(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> Iterator[Sequence[str]]:
    for row in range(sheet.nrows):
        yield [_value(book, cell) for cell in sheet.row(row)]


def _value(book: xlrd.Book, cell: xlrd.sheet.Cell) -> str:
    match cell.ctype:
        case xlrd.XL_CELL_DATE:
            try:
                return shown(xlrd.xldate_as_datetime(cell.value, book.datemode))
            except (ValueError, OverflowError):
                return shown(cell.value)
        case xlrd.XL_CELL_BOOLEAN:
            return shown(bool(cell.value))
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, ""))
        case _:
            return shown(cell.value)
