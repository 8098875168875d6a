"""Sheets of every program: tables side by side, merged cells, old and open formats."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import openpyxl.chart
import openpyxl.chart.data_source
import pytest

from ingest.documents import BlockKind, Document
from ingest.parsers.errors import FileIsCorrupt, FileIsEncrypted, LimitExceeded
from ingest.parsers.options import ParseOptions
from tests.unit.ingest.parsers.conftest import ParseBytes

DATA = Path(os.environ.get("CAIRN_DATA", "../shared/data")) / "docs" / "docling"
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        *(("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("style", "style")),
        ("presentation", "presentation"),
    )
)


def _workbook(*rows: tuple[Any, ...], merge: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _open_document(kind: str, body: str, *, manifest: str = "") -> bytes:
    inner = f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    content = f"<office:document-content {_NAMESPACES}>{inner}</office:document-content>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", content)
        if manifest:
            archive.writestr("META-INF/manifest.xml", manifest)
    return buffer.getvalue()


def tables(document: Document) -> list[list[tuple[str, ...]]]:
    return [[tuple(row) for row in block.table.rows] for block in document.blocks if block.table is not None]


class TestTablesOfASheet:
    def test_side_by_side_are_two(self, parse_bytes: ParseBytes) -> None:
        rows = [("a", "b", None, "x", "y"), (1, 2, None, 3, 4), (5, 6, None, 7, 8)]
        assert tables(parse_bytes(_workbook(*rows), "a.xlsx")) == [
            [("a", "b"), ("1", "2"), ("5", "6")],
            [("x", "y"), ("3", "4"), ("7", "8")],
        ]

    def test_with_an_empty_column_before_the_last_are_one(self, parse_bytes: ParseBytes) -> None:
        rows = [("a", "b", None, "total"), (1, 2, None, 3)]
        assert tables(parse_bytes(_workbook(*rows), "a.xlsx")) == [[("a", "b", "total"), ("1", "2", "3")]]

    def test_a_merged_cell_stands_in_every_row_it_covers(self, parse_bytes: ParseBytes) -> None:
        rows = [("region", "city"), ("north", "Oslo"), (None, "Bergen"), ("south", "Rome")]
        found = tables(parse_bytes(_workbook(*rows, merge="A2:A3"), "a.xlsx"))
        assert found == [[("region", "city"), ("north", "Oslo"), ("north", "Bergen"), ("south", "Rome")]]

    def test_a_merged_title_is_a_title_and_not_a_row(self, parse_bytes: ParseBytes) -> None:
        rows = [("Sales", None, None), ("q", "eu", "us"), ("1", "2", "3")]
        document = parse_bytes(_workbook(*rows, merge="A1:C1"), "a.xlsx")
        assert [block.kind for block in document.blocks] == [BlockKind.HEADING, BlockKind.TEXT, BlockKind.TABLE]
        assert document.blocks[1].text == "Sales"


class TestCharts:
    """A chart repeats cells; on a sheet of its own it is all there is to read."""

    @staticmethod
    def _charted(*, on_its_own: bool) -> bytes:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        for row in (("Year", "Ducks"), (2023, 160), (2024, 180)):
            sheet.append(row)
        chart = openpyxl.chart.BarChart()
        chart.title = "Ducks by year"
        chart.add_data(openpyxl.chart.Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
        chart.series[0].tx.strRef.strCache = openpyxl.chart.data_source.StrData(
            ptCount=1, pt=[openpyxl.chart.data_source.StrVal(idx=0, v="Ducks")]
        )
        chart.series[0].val.numRef.numCache = openpyxl.chart.data_source.NumData(
            pt=[openpyxl.chart.data_source.NumVal(idx=n, v=v) for n, v in enumerate(("160", "180"))]
        )
        if on_its_own:
            book.create_chartsheet("Drawn").add_chart(chart)
        else:
            sheet.add_chart(chart, "D2")
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def test_beside_cells_it_is_its_title_and_what_it_shows(self, parse_bytes: ParseBytes) -> None:
        document = parse_bytes(self._charted(on_its_own=False), "ducks.xlsx")
        assert [block.kind for block in document.blocks] == [BlockKind.HEADING, BlockKind.TABLE, BlockKind.TEXT]
        assert document.blocks[-1].text == "Ducks by year: Ducks"

    def test_on_a_sheet_of_its_own_it_is_a_table_under_the_name_of_the_sheet(self, parse_bytes: ParseBytes) -> None:
        document = parse_bytes(self._charted(on_its_own=True), "ducks.xlsx")
        last = document.blocks[-1]
        assert (document.page_count, last.page, last.heading_path) == (2, 2, ("Drawn",))
        assert last.table is not None
        assert last.table.rows == (("", "Ducks"), ("1", "160"), ("2", "180"))
        assert last.table.caption == "Ducks by year"


class TestOldWorkbook:
    @pytest.mark.realdata
    def test_is_read_with_its_sheets(self, parse_bytes: ParseBytes) -> None:
        path = DATA / "xls" / "sources" / "legacy_sample.xls"
        if not path.exists():
            pytest.skip(f"{path} is not there; set CAIRN_DATA")
        document = parse_bytes(path.read_bytes(), "a.xls")
        assert document.page_count == 1
        assert len(tables(document)[0]) == 7

    def test_that_is_none_is_corrupt(self, parse_bytes: ParseBytes) -> None:
        content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le")
        with pytest.raises(FileIsCorrupt):
            parse_bytes(content, "a.xls")


class TestOpenDocument:
    def test_text_has_headings_lists_and_tables(self, parse_bytes: ParseBytes) -> None:
        body = (
            '<text:h text:outline-level="1">Safety</text:h><text:p>Wear<text:s text:c="2"/>a helmet.</text:p>'
            "<text:list><text:list-item><text:p>Hammer</text:p></text:list-item></text:list>"
            "<table:table><table:table-row><table:table-cell><text:p>Tool</text:p></table:table-cell>"
            "<table:table-cell><text:p>Price</text:p></table:table-cell></table:table-row>"
            '<table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>1</text:p>'
            "</table:table-cell></table:table-row></table:table>"
            "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
        )
        document = parse_bytes(_open_document("text", body), "a.odt")
        assert [(block.kind, block.text.split("\n")[0]) for block in document.blocks] == [
            (BlockKind.HEADING, "Safety"),
            (BlockKind.TEXT, "Wear a helmet."),
            (BlockKind.LIST, "- Hammer"),
            (BlockKind.TABLE, "| Tool | Price |"),
        ]
        assert tables(document) == [[("Tool", "Price"), ("1", "1")]]

    def test_a_sheet_of_repeated_empty_rows_ends(self, parse_bytes: ParseBytes) -> None:
        cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        row = f"<table:table-row>{cell.format('a')}{cell.format('b')}</table:table-row>"
        filler = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
        document = parse_bytes(
            _open_document("spreadsheet", f'<table:table table:name="S">{row * 2}{filler}</table:table>'), "a.ods"
        )
        assert document.page_count == 1
        assert tables(document) == [[("a", "b"), ("a", "b")]]

    def test_a_slide_is_a_page_with_its_notes(self, parse_bytes: ParseBytes) -> None:
        frame = "<draw:frame{}><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
        title, text, notes = (
            frame.format(*parts)
            for parts in ((' presentation:class="title"', "Plan"), ("", "Begin"), ("", "Say hello"))
        )
        slide = f"<draw:page>{title}{text}<presentation:notes>{notes}</presentation:notes></draw:page>"
        document = parse_bytes(_open_document("presentation", slide), "a.odp")
        assert [(block.page, block.text) for block in document.blocks] == [
            (1, "Plan"),
            (1, "Begin"),
            (1, "Notes: Say hello"),
        ]

    def test_behind_a_password_is_refused_as_such(self, parse_bytes: ParseBytes) -> None:
        manifest = "<manifest><encryption-data/></manifest>"
        with pytest.raises(FileIsEncrypted):
            parse_bytes(_open_document("text", "", manifest=manifest), "a.odt")


class TestTooManyPages:
    _CELL = "<table:table-cell><text:p>one</text:p></table:table-cell>"
    _SHEET = f"<table:table><table:table-row>{_CELL}</table:table-row></table:table>"
    _SLIDE = "<draw:page><draw:frame><draw:text-box><text:p>one</text:p></draw:text-box></draw:frame></draw:page>"

    @pytest.mark.parametrize(
        ("name", "content", "found"),
        [
            ("a.ods", _open_document("spreadsheet", _SHEET * 3), "3 sheets"),
            ("a.odp", _open_document("presentation", _SLIDE * 3), "3 sheets or slides"),
        ],
    )
    def test_of_open_documents_name_limit_and_setting(
        self, parse_bytes: ParseBytes, name: str, content: bytes, found: str
    ) -> None:
        with pytest.raises(LimitExceeded, match=rf"{found}.*limit is 2 pages.*CAIRN_PARSE_MAX_PAGES"):
            parse_bytes(content, name, ParseOptions(max_pages=2))
        assert parse_bytes(content, name, ParseOptions(max_pages=3)).page_count == 3

    def test_of_a_workbook_name_limit_and_setting(self, parse_bytes: ParseBytes) -> None:
        book = openpyxl.Workbook()
        for sheet in (book.worksheets[0], book.create_sheet(), book.create_sheet()):
            sheet["A1"] = "one"
        buffer = io.BytesIO()
        book.save(buffer)
        with pytest.raises(LimitExceeded, match=r"3 sheets.*limit is 2 pages.*CAIRN_PARSE_MAX_PAGES"):
            parse_bytes(buffer.getvalue(), "a.xlsx", ParseOptions(max_pages=2))
        assert parse_bytes(buffer.getvalue(), "a.xlsx", ParseOptions(max_pages=3)).page_count == 3

    def test_of_an_old_workbook_name_limit_and_setting(self, parse_bytes: ParseBytes) -> None:
        path = DATA / "xls" / "sources" / "legacy_sample.xls"
        if not path.is_file():
            pytest.skip(f"the sample {path} is not there")
        sheets = parse_bytes(path.read_bytes(), "a.xls").page_count or 0
        with pytest.raises(
            LimitExceeded, match=rf"{sheets} sheets.*limit is {sheets - 1} pages.*CAIRN_PARSE_MAX_PAGES"
        ):
            parse_bytes(path.read_bytes(), "a.xls", ParseOptions(max_pages=sheets - 1))
