"""Sheets of every program: tables side by side, merged cells, old and open formats."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ingest.documents import BlockKind, Document
from ingest.parsers.errors import FileIsCorrupt, FileIsEncrypted
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
