from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ingest.documents import BlockKind
from ingest.parsers.errors import FileHasNoText, FileIsCorrupt, LimitExceeded
from ingest.parsers.options import ParseOptions
from tests.unit.ingest.parsers.conftest import ParseBytes

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]  # docx, pptx and openpyxl share the method, not a type
    return buffer.getvalue()


class TestWord:
    def test_headings_lists_and_tables_in_order(self, parse_bytes: ParseBytes) -> None:
        word = docx.Document()
        word.core_properties.title = "Handbook"
        word.add_heading("Safety", level=1)
        word.add_paragraph("Wear a helmet.")
        word.add_heading("Tools", level=2)
        word.add_paragraph("Hammer", style="List Bullet")
        word.add_paragraph("Saw", style="List Bullet")
        table = word.add_table(rows=2, cols=2)
        for cell, text in zip(table._cells, ["Tool", "Price", "Hammer", "10"], strict=True):
            cell.text = text
        document = parse_bytes(_saved(word), "a.docx")
        assert document.title == "Handbook"
        assert document.page_count is None
        assert [(block.kind, block.text, tuple(block.heading_path)) for block in document.blocks] == [
            (BlockKind.HEADING, "Safety", ()),
            (BlockKind.TEXT, "Wear a helmet.", ("Safety",)),
            (BlockKind.HEADING, "Tools", ("Safety",)),
            (BlockKind.LIST, "- Hammer\n- Saw", ("Safety", "Tools")),
            (BlockKind.TABLE, "| Tool | Price |\n| --- | --- |\n| Hammer | 10 |", ("Safety", "Tools")),
        ]

    def test_insertions_and_content_controls_are_read_and_deletions_are_not(self, parse_bytes: ParseBytes) -> None:
        word = docx.Document()
        body = word.element.body
        body.insert(
            0,
            parse_xml(
                f"<w:p {_W}><w:r><w:t>kept </w:t></w:r><w:ins><w:r><w:t>added</w:t></w:r></w:ins>"
                "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
            ),
        )
        body.insert(
            1,
            parse_xml(f"<w:sdt {_W}><w:sdtContent><w:p><w:r><w:t>controlled</w:t></w:r></w:p></w:sdtContent></w:sdt>"),
        )
        texts = [block.text for block in parse_bytes(_saved(word), "a.docx").blocks]
        assert texts == ["kept added", "controlled"]

    def test_nested_tables_are_flattened_into_their_cell(self, parse_bytes: ParseBytes) -> None:
        word = docx.Document()
        table = word.add_table(rows=2, cols=2)
        table.cell(0, 0).text = "outer"
        table.cell(0, 1).text = "head"
        inner = table.cell(1, 1).add_table(rows=1, cols=2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "in", "side"
        (block,) = parse_bytes(_saved(word), "a.docx").blocks
        assert block.table is not None
        assert block.table.rows == (("outer", "head"), ("", "in side"))

    def test_a_macro_enabled_document_is_read(self, parse_bytes: ParseBytes) -> None:
        word = docx.Document()
        word.add_paragraph("text")
        source = _rewritten(
            _saved(word), "[Content_Types].xml", b"wordprocessingml.document.main", b"macroEnabled.main"
        )
        assert parse_bytes(source, "a.docm").blocks[0].text == "text"

    def test_a_document_without_text_is_refused(self, parse_bytes: ParseBytes) -> None:
        with pytest.raises(FileHasNoText):
            parse_bytes(_saved(docx.Document()), "a.docx")


class TestSlides:
    def test_a_page_a_slide_with_title_list_table_and_notes(self, parse_bytes: ParseBytes) -> None:
        deck = pptx.Presentation()
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = "Plan"
        slide.placeholders[1].text = "one\ntwo"
        table = slide.shapes.add_table(2, 2, 0, 0, Inches(4), Inches(1)).table
        for index, text in enumerate(["Year", "Sum", "2024", "5"]):
            table.cell(index // 2, index % 2).text = text
        slide.notes_slide.notes_text_frame.text = "say hello"
        deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "End"
        document = parse_bytes(_saved(deck), "a.pptx")
        assert document.page_count == 2
        assert [(block.page, block.kind, block.text) for block in document.blocks] == [
            (1, BlockKind.HEADING, "Plan"),
            (1, BlockKind.LIST, "- one\n- two"),
            (1, BlockKind.TABLE, "| Year | Sum |\n| --- | --- |\n| 2024 | 5 |"),
            (1, BlockKind.TEXT, "Notes: say hello"),
            (2, BlockKind.HEADING, "End"),
        ]

    def test_a_chart_becomes_the_table_of_its_values(self, parse_bytes: ParseBytes) -> None:
        deck = pptx.Presentation()
        data = CategoryChartData()
        data.categories = ["Q1", "Q2"]
        data.add_series("Sales", (1.5, 2.5))
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(4), Inches(3), data)
        (block,) = parse_bytes(_saved(deck), "a.pptx").blocks
        assert block.table is not None
        assert block.table.rows == (("", "Sales"), ("Q1", "1.5"), ("Q2", "2.5"))

    def test_too_many_slides_name_limit_and_setting(self, parse_bytes: ParseBytes) -> None:
        deck = pptx.Presentation()
        for _ in range(3):
            deck.slides.add_slide(deck.slide_layouts[0])
        with pytest.raises(LimitExceeded, match=r"3 slides.*limit is 2 pages.*CAIRN_PARSE_MAX_PAGES"):
            parse_bytes(_saved(deck), "a.pptx", ParseOptions(max_pages=2))


class TestWorkbook:
    def test_a_page_a_sheet_and_a_table_a_region(self, parse_bytes: ParseBytes) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "Costs"
        for row in (
            ["Budget 2024"],
            ["Item", "Due", "Sum"],
            ["Rent", date(2024, 5, 1), 10.0],
            [],
            ["a", "b"],
            [1, True],
        ):
            sheet.append(row)
        book.create_sheet("Empty")
        book.create_sheet("Times").append(["at", datetime(2024, 5, 1, 10, 30)])  # noqa: DTZ001 - spreadsheets know no zones
        document = parse_bytes(_saved(book), "a.xlsx")
        assert document.page_count == 3
        assert [(block.page, block.kind, block.text.split("\n")[-1]) for block in document.blocks] == [
            (1, BlockKind.HEADING, "Costs"),
            (1, BlockKind.TEXT, "Budget 2024"),
            (1, BlockKind.TABLE, "| Rent | 2024-05-01 | 10 |"),
            (1, BlockKind.TABLE, "| 1 | TRUE |"),
            (3, BlockKind.HEADING, "Times"),
            (3, BlockKind.TABLE, "| at | 2024-05-01 10:30:00 |"),
        ]

    def test_a_wrongly_declared_size_loses_no_rows(self, parse_bytes: ParseBytes) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for number in range(200):
            sheet.append([number, "x"])
        source = _rewritten(_saved(book), "xl/worksheets/sheet1.xml", b"A1:B200", b"A1:B51")
        table = parse_bytes(source, "a.xlsx").blocks[1].table
        assert table is not None
        assert len(table.rows) == 200

    def test_too_many_rows_name_limit_and_setting(self, parse_bytes: ParseBytes) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for number in range(30):
            sheet.append([number, "x"])
        with pytest.raises(LimitExceeded, match=r"limit is 10 table rows.*CAIRN_PARSE_MAX_ROWS"):
            parse_bytes(_saved(book), "a.xlsx", ParseOptions(max_rows=10))


class TestHostileArchives:
    def test_a_zip_bomb_is_refused_by_the_bytes_it_inflates_to(self, parse_bytes: ParseBytes) -> None:
        source = _archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"0" * 3_000_000})
        with pytest.raises(LimitExceeded, match=r"limit is 1000000 bytes inflated.*CAIRN_PARSE_MAX_INFLATED"):
            parse_bytes(source, "a.docx", ParseOptions(max_inflated_bytes=1_000_000))

    def test_a_member_that_inflates_a_thousandfold_is_refused_within_the_limit(self, parse_bytes: ParseBytes) -> None:
        source = _archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"\0" * 12_000_000})
        with pytest.raises(LimitExceeded, match=r"inflates without end.*limit is 1000 times.*it is fixed"):
            parse_bytes(source, "a.docx")

    def test_entities_are_refused(self, parse_bytes: ParseBytes) -> None:
        bomb = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>'
        with pytest.raises(FileIsCorrupt, match="entities"):
            parse_bytes(_archive({"[Content_Types].xml": b"<x/>", "word/document.xml": bomb}), "a.docx")

    def test_a_damaged_member_is_corrupt(self, parse_bytes: ParseBytes) -> None:
        source = bytearray(_archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"abc" * 1000}, stored=True))
        place = source.index(b"abcabc")
        source[place : place + 6] = b"zzzzzz"
        with pytest.raises(FileIsCorrupt, match="damaged"):
            parse_bytes(bytes(source), "a.docx")

    def test_a_package_without_a_main_part_is_corrupt(self, parse_bytes: ParseBytes) -> None:
        with pytest.raises(FileIsCorrupt):
            parse_bytes(_archive({"[Content_Types].xml": b"<x/>", "word/other.xml": b"<x/>"}), "a.docx")

    def test_too_many_members_are_refused(self, parse_bytes: ParseBytes) -> None:
        members = {f"word/{number}.xml": b"" for number in range(20_001)}
        with pytest.raises(LimitExceeded, match="20002 parts"):
            parse_bytes(_archive({"[Content_Types].xml": b"<x/>", **members}, stored=True), "a.docx")


def _archive(members: dict[str, bytes], *, stored: bool = False) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _rewritten(source: bytes, member: str, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old in members[member]
    return _archive({**members, member: members[member].replace(old, new)})
