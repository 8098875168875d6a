"""What Word works out when it lays a page out: numbers, merged cells, equations, charts' values."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.documents import BlockKind, Document
from ingest.parsers.office.word_numbering import WordNumbering
from tests.unit.ingest.parsers.conftest import ParseBytes

_M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
_R = "<m:r><m:t>{}</m:t></m:r>"


def _saved(word: Any) -> bytes:
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def _numbering(*levels: tuple[str, str], start: int = 1) -> Any:
    shown = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(levels)
    )
    return parse_xml(
        f'<w:numbering {nsdecls("w")}><w:abstractNum w:abstractNumId="1">{shown}</w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="8"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        "</w:lvlOverride></w:num></w:numbering>"
    )


class TestNumbers:
    def test_count_on_and_begin_anew_below_a_higher_level(self) -> None:
        numbers = WordNumbering(_numbering(("decimal", "%1."), ("decimal", "%1.%2")))
        labels = [numbers.label("7", depth) for depth in (0, 1, 1, 0, 1)]
        assert labels == ["1.", "1.1", "1.2", "2.", "2.1"]

    def test_have_letters_and_roman_figures(self) -> None:
        numbers = WordNumbering(_numbering(("upperRoman", "%1"), ("lowerLetter", "%2)")))
        assert [numbers.label("7", depth) for depth in (0, 1, 1, 0)] == ["I", "a)", "b)", "II"]
        assert [numbers.label("7", 1) for _ in range(27)][-1] == "aa)"

    def test_begin_where_the_list_says(self) -> None:
        assert WordNumbering(_numbering(("decimal", "%1."), start=5)).label("7", 0) == "5."

    def test_of_a_list_that_restarts_begin_anew_once(self) -> None:
        numbers = WordNumbering(_numbering(("decimal", "%1.")))
        assert [numbers.label(one, 0) for one in ("7", "7", "8", "8")] == ["1.", "2.", "1.", "2."]

    def test_are_none_for_bullets_and_unknown_lists(self) -> None:
        numbers = WordNumbering(_numbering(("bullet", "o")))
        assert (numbers.label("7", 0), numbers.label("99", 0)) == ("", "")
        assert WordNumbering(None).label("1", 0) == ""

    def test_stand_before_headings_and_list_items(self, parse_bytes: ParseBytes) -> None:
        word = docx.Document()
        word.add_paragraph("First", style="List Number")
        word.add_paragraph("Second", style="List Number")
        (items,) = parse_bytes(_saved(word), "a.docx").blocks
        assert items.text == "- 1. First\n- 2. Second"


class TestTitle:
    def test_is_above_all_headings(self, parse_bytes: ParseBytes) -> None:
        word = docx.Document()
        word.add_heading("Handbook", level=0)
        word.add_heading("Safety", level=1)
        word.add_paragraph("Wear a helmet.")
        document = parse_bytes(_saved(word), "a.docx")
        assert [block.level for block in document.blocks] == [1, 2, 0]
        assert tuple(document.blocks[2].heading_path) == ("Handbook", "Safety")


class TestTables:
    def cells(self, document: Document) -> list[tuple[str, ...]]:
        (block,) = [block for block in document.blocks if block.kind is BlockKind.TABLE]
        assert block.table is not None
        return [tuple(row) for row in block.table.rows]

    def test_a_cell_over_rows_and_columns_stands_in_each(self, parse_bytes: ParseBytes) -> None:
        word = docx.Document()
        table = word.add_table(rows=3, cols=3)
        for number, cell in enumerate(table._cells):
            cell.text = f"c{number}"
        table.cell(1, 0).merge(table.cell(2, 0)).text = "both"
        table.cell(0, 1).merge(table.cell(0, 2)).text = "wide"
        rows = self.cells(parse_bytes(_saved(word), "a.docx"))
        assert rows == [("c0", "wide", "wide"), ("both", "c4", "c5"), ("both", "c7", "c8")]

    def test_rows_marked_as_header_are_the_header(self, parse_bytes: ParseBytes) -> None:
        word = docx.Document()
        table = word.add_table(rows=4, cols=2)
        for number, cell in enumerate(table._cells):
            cell.text = f"c{number}"
        for row in table.rows[:2]:
            row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        (block,) = parse_bytes(_saved(word), "a.docx").blocks
        assert block.table is not None
        assert block.table.header_rows == 2


class TestEquations:
    def read(self, parse_bytes: ParseBytes, inner: str) -> str:
        word = docx.Document()
        word.add_paragraph("so ")._p.append(parse_xml(f"<m:oMath {_M}>{inner}</m:oMath>"))
        (block,) = parse_bytes(_saved(word), "a.docx").blocks
        return block.text

    def test_are_written_as_latex(self, parse_bytes: ParseBytes) -> None:
        power = f"<m:sSup><m:e>{_R.format('x')}</m:e><m:sup>{_R.format('2')}</m:sup></m:sSup>"
        fraction = f"<m:f><m:num>{power}</m:num><m:den>{_R.format('π')}</m:den></m:f>"
        assert self.read(parse_bytes, fraction) == r"so \frac{x^{2}}{\pi}"

    def test_sums_and_roots_keep_their_limits(self, parse_bytes: ParseBytes) -> None:
        total = (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>'
            f"<m:sub>{_R.format('k=1')}</m:sub><m:sup>{_R.format('n')}</m:sup><m:e>{_R.format('k')}</m:e></m:nary>"
        )
        root = f"<m:rad><m:deg>{_R.format('3')}</m:deg><m:e>{_R.format('y')}</m:e></m:rad>"
        assert self.read(parse_bytes, total + root) == r"so \sum_{k=1}^{n} k\sqrt[3]{y}"

    def test_nested_without_end_are_cut(self, parse_bytes: ParseBytes) -> None:
        deep = "<m:d><m:e>" * 120 + _R.format("x") + "</m:e></m:d>" * 120
        assert self.read(parse_bytes, deep).startswith(r"so \left(")
