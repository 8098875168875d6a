"""Tables that rules tell, and lines that run to the left."""

from __future__ import annotations

from pathlib import Path

from ingest.documents import Document
from ingest.parsers.options import ParseOptions
from ingest.parsers.parsing import parse
from ingest.parsers.pdf.arabic import is_right_to_left, mended
from tests.unit.ingest.parsers.pdf_writer import PAGE_HEIGHT, PdfPage, PdfWriter, Put


def read(tmp_path: Path, texts: list[Put], drawing: str = "") -> Document:
    path = PdfWriter([PdfPage(texts, drawing=drawing)]).write(tmp_path / "a.pdf")
    return parse(path, "a.pdf", ParseOptions())


def across(y: float, start: float = 70, end: float = 400) -> str:
    return f"\n{start} {PAGE_HEIGHT - y} m {end} {PAGE_HEIGHT - y} l S"


def down(x: float, top: float, bottom: float) -> str:
    return f"\n{x} {PAGE_HEIGHT - top} m {x} {PAGE_HEIGHT - bottom} l S"


def rows(document: Document) -> list[tuple[str, ...]]:
    (table,) = [block.table for block in document.blocks if block.table is not None]
    return [tuple(row) for row in table.rows]


class TestGrids:
    GRID = "".join(across(y) for y in (90, 110, 150)) + "".join(down(x, 90, 150) for x in (70, 150, 400))

    def test_give_cells_and_keep_wrapped_text_together(self, tmp_path: Path) -> None:
        texts = [
            Put("Part", 75, 104), Put("Use", 155, 104), Put("Valve", 75, 124),
            Put("closes the line that leads from the tank to", 155, 124), Put("the pump", 155, 138),
        ]  # fmt: skip
        document = read(tmp_path, texts, self.GRID)
        assert rows(document) == [("Part", "Use"), ("Valve", "closes the line that leads from the tank to the pump")]

    def test_part_texts_that_stand_close_on_either_side_of_a_rule(self, tmp_path: Path) -> None:
        texts = [Put("Partnumber ab", 75, 104), Put("Use", 153, 104), Put("Valve", 75, 124), Put("closes", 153, 124)]
        assert rows(read(tmp_path, texts, self.GRID))[0] == ("Partnumber ab", "Use")

    def test_whose_bands_hold_several_rows_give_each(self, tmp_path: Path) -> None:
        texts = [
            Put("Part", 75, 104), Put("Use", 155, 104), Put("Valve", 75, 124), Put("closes", 155, 124),
            Put("Pump", 75, 138), Put("moves", 155, 138),
        ]  # fmt: skip
        assert rows(read(tmp_path, texts, self.GRID)) == [("Part", "Use"), ("Valve", "closes"), ("Pump", "moves")]

    def test_stay_in_the_order_of_the_page(self, tmp_path: Path) -> None:
        texts = [
            Put("Before it.", 72, 70), Put("Part", 75, 104), Put("Use", 155, 104), Put("Valve", 75, 124),
            Put("closes", 155, 124), Put("Behind it.", 72, 200),
        ]  # fmt: skip
        assert [block.kind.value for block in read(tmp_path, texts, self.GRID).blocks] == ["text", "table", "text"]

    def test_with_one_cell_are_frames_round_a_text(self, tmp_path: Path) -> None:
        frame = across(90) + across(150) + down(70, 90, 150) + down(400, 90, 150)
        document = read(tmp_path, [Put("A remark in a box.", 80, 120)], frame)
        assert [(block.kind.value, block.text) for block in document.blocks] == [("text", "A remark in a box.")]


def test_rules_above_and_below_the_header_tell_a_table_of_two_rows(tmp_path: Path) -> None:
    texts = [
        Put("City", 80, 104), Put("People", 200, 104), Put("Oslo", 80, 124), Put("700,000", 200, 124),
        Put("Rome", 80, 140), Put("2,700,000", 200, 140),
    ]  # fmt: skip
    document = read(tmp_path, texts, across(90) + across(110) + across(150))
    assert rows(document) == [("City", "People"), ("Oslo", "700,000"), ("Rome", "2,700,000")]


class TestArabic:
    def test_shaped_letters_become_those_that_are_typed(self) -> None:
        assert mended("\ufee3\ufe98\ufea4\ufe92\ufe8e") == "\u0645\u062a\u062d\u0628\u0627"

    def test_a_ligature_in_the_order_of_its_looks_is_turned(self) -> None:
        assert mended("\u0627\u0623\u0644\u062f\u0627\u0621") == "\u0627\u0644\u0623\u062f\u0627\u0621"

    def test_the_letters_of_a_ligature_are_read_in_the_order_they_are_typed_in(self, tmp_path: Path) -> None:
        means = "3 beginbfchar <41> <0633> <42> <06440627> <43> <0645> endbfchar"
        cmap = f"begincmap 1 begincodespacerange <00> <ff> endcodespacerange {means} endcmap"
        stream = f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream"
        writer = PdfWriter([PdfPage([Put("CBA")])], font="/ToUnicode 8 0 R", extra=[stream])
        path = writer.write(tmp_path / "a.pdf")
        (block,) = parse(path, "a.pdf", ParseOptions()).blocks
        assert block.text == "\u0633\u0644\u0627\u0645"

    def test_words_of_two_scripts_are_two(self) -> None:
        assert mended("\u0641\u064aPython\u0645\u0646") == "\u0641\u064a Python \u0645\u0646"

    def test_a_line_is_judged_by_most_of_its_letters(self) -> None:
        assert is_right_to_left("\u0634\u0643\u0631\u0627 abc")
        assert not is_right_to_left("a word: \u0634\u0643")
