from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import Block, BlockKind, Document
from ingest.parsers.errors import FileIsCorrupt, LimitExceeded, OcrIsOff
from ingest.parsers.options import ParseOptions
from ingest.parsers.parsing import parse
from tests.unit.ingest.parsers.pdf_writer import PAGE_HEIGHT, PdfPage, PdfWriter, Put, prose

_LINES = [
    "The river rises in the hills to the north of the town and",
    "runs through three lakes before it reaches the wide plain,",
    "where mills were built along its banks in the last century.",
]


def _parsed(tmp_path: Path, *pages: PdfPage, outline: tuple[tuple[str, int], ...] = (), title: str = "") -> Document:
    path = PdfWriter(pages, outline=outline, title=title).write(tmp_path / "a.pdf")
    return parse(path, "a.pdf", ParseOptions())


def _shown(blocks: object) -> list[tuple[BlockKind, str]]:
    assert isinstance(blocks, tuple)
    return [(block.kind, block.text) for block in blocks if isinstance(block, Block)]


class TestParagraphs:
    def test_lines_are_joined_and_a_gap_parts_paragraphs(self, tmp_path: Path) -> None:
        page = PdfPage([*prose(_LINES), *prose(_LINES, top=180)])
        assert _shown(_parsed(tmp_path, page).blocks) == [(BlockKind.TEXT, " ".join(_LINES))] * 2

    def test_divided_words_are_mended(self, tmp_path: Path) -> None:
        page = PdfPage(prose(["A long word at the end of this line is divi-", "ded over two lines of the paragraph."]))
        (block,) = _parsed(tmp_path, page).blocks
        assert "is divided over" in block.text

    def test_each_block_has_its_page_and_place(self, tmp_path: Path) -> None:
        document = _parsed(tmp_path, PdfPage(prose(_LINES)), PdfPage(prose(_LINES, x=100, top=300)))
        block = document.blocks[1]
        (box,) = block.boxes
        assert block.page == box.page == 2
        assert box.left == pytest.approx(100, abs=2)
        assert box.top == pytest.approx(300 - 8, abs=3)
        assert box.bottom == pytest.approx(300 + 2 * 13.2 + 2, abs=3)

    def test_boxes_follow_the_page_as_it_is_shown(self, tmp_path: Path) -> None:
        path = PdfWriter([PdfPage([Put("Turned", x=72, y=100)], rotate=90)]).write(tmp_path / "a.pdf")
        (block,) = parse(path, "a.pdf", ParseOptions()).blocks
        (box,) = block.boxes
        assert box.right == pytest.approx(792 - 92, abs=4)  # what is at the top of the page is at its right when turned
        assert box.top == pytest.approx(72, abs=2)

    def test_a_paragraph_goes_on_over_a_page_break(self, tmp_path: Path) -> None:
        document = _parsed(tmp_path, PdfPage(prose(_LINES[:2])), PdfPage(prose(_LINES[2:])))
        (block,) = document.blocks
        assert block.text == " ".join(_LINES)
        assert [box.page for box in block.boxes] == [1, 2]

    def test_bulleted_lines_are_a_list(self, tmp_path: Path) -> None:
        page = PdfPage([*prose(_LINES), *prose(["• bread and", "   butter", "• milk"], top=160)])
        assert _shown(_parsed(tmp_path, page).blocks)[1] == (BlockKind.LIST, "- bread and butter\n- milk")


class TestReadingOrder:
    def test_columns_are_read_one_after_the_other(self, tmp_path: Path) -> None:
        left = [f"left line {number} with some more words" for number in range(20)]
        right = [f"right line {number} with some more words" for number in range(20)]
        texts = [
            Put("One title over both of the columns of this page", x=150, y=60, size=18),
            *(put for pair in zip(prose(left), prose(right, x=320), strict=True) for put in pair),
        ]
        document = _parsed(tmp_path, PdfPage(texts))
        text = " ".join(block.text for block in document.blocks)
        assert text.index("One title") < text.index("left line 0")
        assert text.index("left line 19") < text.index("right line 0")


class TestHeadings:
    def test_the_outline_gives_titles_and_levels(self, tmp_path: Path) -> None:
        names = ["First part", "Second part", "Third part"]
        pages = [PdfPage([Put(name, y=80), *prose(_LINES, top=120)]) for name in names]
        document = _parsed(tmp_path, *pages, outline=tuple((name, index) for index, name in enumerate(names)))
        assert [block.text for block in document.blocks if block.kind is BlockKind.HEADING] == names
        assert tuple(document.blocks[3].heading_path) == ("Second part",)

    def test_without_one_larger_type_and_numbering_do(self, tmp_path: Path) -> None:
        texts = [
            Put("Rivers of the North", y=60, size=20),
            Put("1 Sources", y=100, size=14, bold=True),
            *prose(_LINES, top=130),
            Put("1.1 Springs", y=200, size=14, bold=True),
            *prose(_LINES, top=230),
        ]
        document = _parsed(tmp_path, PdfPage(texts))
        headings = [(block.level, block.text) for block in document.blocks if block.kind is BlockKind.HEADING]
        assert headings == [(1, "Rivers of the North"), (2, "1 Sources"), (3, "1.1 Springs")]
        assert document.title == "Rivers of the North"

    def test_large_list_markers_are_none(self, tmp_path: Path) -> None:
        texts = [*prose(_LINES), Put("•", y=160, size=16), Put("an item of a list", x=90, y=160)]
        assert all(block.kind is not BlockKind.HEADING for block in _parsed(tmp_path, PdfPage(texts)).blocks)

    def test_numbers_tell_levels_that_styles_tell_too(self, tmp_path: Path) -> None:
        texts = [
            *(Put("1 Sources", y=60, size=18, bold=True), *prose(_LINES, top=90)),
            *(Put("1.1 Springs", y=160, size=14, bold=True), *prose(_LINES, top=190)),
            *(Put("2 Mouths", y=260, size=18, bold=True), *prose(_LINES, top=290)),
            *(Put("2.1 Deltas", y=360, size=14, bold=True), *prose(_LINES, top=390)),
        ]
        document = _parsed(tmp_path, PdfPage(texts))
        headings = [(block.level, block.text) for block in document.blocks if block.kind is BlockKind.HEADING]
        assert headings == [(1, "1 Sources"), (2, "1.1 Springs"), (1, "2 Mouths"), (2, "2.1 Deltas")]

    def test_bulleted_lines_and_texts_in_larger_type_are_none(self, tmp_path: Path) -> None:
        larger = [line + " it goes on" for line in _LINES]
        texts = [*prose(_LINES * 3), *prose(larger, top=300, size=12.5), Put("• an item", y=380, size=13)]
        assert all(block.kind is not BlockKind.HEADING for block in _parsed(tmp_path, PdfPage(texts)).blocks)

    def test_the_second_line_of_one_belongs_to_it(self, tmp_path: Path) -> None:
        texts = [
            Put("4. If your country has a provider of legal aid, what is", y=80, bold=True),
            Put("the share of its cases?", y=93, bold=True),
            *prose(_LINES, top=120),
        ]
        first = _parsed(tmp_path, PdfPage(texts)).blocks[0]
        assert first.kind is BlockKind.HEADING
        assert first.text == "4. If your country has a provider of legal aid, what is the share of its cases?"


def _raised(text: str, *, x: float, y: float) -> Put:
    return Put(text, x=x, y=y - 4, size=6)


class TestFootnotes:
    _NOTE = (_raised("1", x=72, y=700), Put("As told by the miller.", x=76, y=700, size=8))

    def test_are_set_apart_from_a_paragraph_that_goes_on_over_them(self, tmp_path: Path) -> None:
        first = PdfPage([*prose(_LINES[:2]), *self._NOTE])
        blocks = _parsed(tmp_path, first, PdfPage(prose(_LINES[2:]))).blocks
        assert [block.text for block in blocks] == [" ".join(_LINES), "Footnote 1: As told by the miller."]
        assert [block.page for block in blocks] == [1, 1]

    def test_their_signs_are_told_from_other_raised_figures(self, tmp_path: Path) -> None:
        texts = [
            *(Put("The mill", y=100), _raised("1", x=111, y=100), Put("had an area of 40 m", x=118, y=100)),
            *(_raised("2", x=215, y=100), *prose(_LINES, top=130), *self._NOTE),
        ]
        text = _parsed(tmp_path, PdfPage(texts)).blocks[0].text
        assert "mill[1] had" in text.replace(" [1]", "[1]")
        assert "[2]" not in text
        assert "\ue000" not in text


class TestTables:
    def test_aligned_rows_become_a_table(self, tmp_path: Path) -> None:
        rows = [
            ("Town", "People", "Area"),
            ("Bonn", "330,000", "141"),
            ("Ulm", "126,000", "119"),
            ("Trier", "110,000", "117"),
        ]
        texts = [
            Put(cell, x=72 + 150 * column, y=200 + 16 * row)
            for row, cells in enumerate(rows)
            for column, cell in enumerate(cells)
        ]
        blocks = _parsed(tmp_path, PdfPage([*prose(_LINES), *texts])).blocks
        assert [block.kind for block in blocks] == [BlockKind.TEXT, BlockKind.TABLE]
        assert blocks[1].table is not None
        assert blocks[1].table.rows == tuple(rows)
        assert blocks[1].boxes


class TestFurniture:
    def test_running_heads_and_page_numbers_are_left_out(self, tmp_path: Path) -> None:
        pages = [
            PdfPage([Put("The Yearbook", y=30), *prose(_LINES, top=200), Put(f"Page {number}", x=300, y=770)])
            for number in range(1, 5)
        ]
        text = " ".join(block.text for block in _parsed(tmp_path, *pages).blocks)
        assert "Yearbook" not in text
        assert "Page" not in text
        assert text.count("The river rises") == 4

    def test_a_document_of_nothing_else_keeps_it(self, tmp_path: Path) -> None:
        assert _parsed(tmp_path, *[PdfPage([Put("Slide of one line", y=40)])] * 4).blocks


def _form(*fields: str) -> PdfWriter:
    """A page with labels 40 points apart, and fields beside them."""
    numbers = " ".join(f"{8 + index} 0 R" for index in range(len(fields)))
    heights = [PAGE_HEIGHT - 104 - 40 * index for index in range(len(fields))]
    widgets = [
        f"<< /Type /Annot /Subtype /Widget /Rect [200 {low} 400 {low + 18}] {field} >>"
        for low, field in zip(heights, fields, strict=True)
    ]
    labels = [Put(f"Label {n}:", y=100 + 40 * n) for n in range(len(fields))]
    page = PdfPage(labels, entries=f"/Annots [{numbers}]")
    return PdfWriter([page], catalog=f"/AcroForm << /Fields [{numbers}] >>", extra=widgets)


class TestForms:
    def test_what_was_filled_in_stands_beside_its_label(self, tmp_path: Path) -> None:
        form = _form("/FT /Tx /T (a) /V (Ada Lovelace)", "/FT /Btn /T (b) /V /Yes /AS /Yes", "/FT /Tx /T (c)")
        blocks = parse(form.write(tmp_path / "a.pdf"), "a.pdf", ParseOptions()).blocks
        text = " ".join(word for block in blocks for word in block.text.replace("|", " ").split() if word != "---")
        assert text == "Label 0: Ada Lovelace Label 1: [x] Label 2:"
        assert not [block for block in blocks if block.kind is BlockKind.HEADING]

    def test_a_password_is_left_out(self, tmp_path: Path) -> None:
        form = _form("/FT /Tx /T (a) /V (hunter2) /Ff 8192", "/FT /Ch /T (b) /V (Vienna) /Ff 131072 /Opt [(Vienna)]")
        text = "\n".join(b.text for b in parse(form.write(tmp_path / "a.pdf"), "a.pdf", ParseOptions()).blocks)
        assert "Vienna" in text
        assert "hunter2" not in text


class TestRefusals:
    _DRAWING = "0 0 100 100 re f"

    def test_a_pdf_without_any_text_is_a_scan(self, tmp_path: Path) -> None:
        with pytest.raises(OcrIsOff, match=r"has 2 pages without a text layer.*switch it on"):
            _parsed(tmp_path, PdfPage(drawing=self._DRAWING), PdfPage(drawing=self._DRAWING))

    def test_single_pages_without_text_are_warned_about_and_blank_ones_are_not(self, tmp_path: Path) -> None:
        document = _parsed(tmp_path, PdfPage(prose(_LINES)), PdfPage(drawing=self._DRAWING), PdfPage())
        assert [(warning.code, warning.page) for warning in document.warnings] == [("PAGE_HAS_NO_TEXT", 2)]

    def test_a_truncated_pdf_is_corrupt(self, tmp_path: Path) -> None:
        path = PdfWriter([PdfPage(prose(_LINES))]).write(tmp_path / "a.pdf")
        path.write_bytes(path.read_bytes()[:120])
        with pytest.raises(FileIsCorrupt, match="PDF"):
            parse(path, "a.pdf", ParseOptions())

    def test_too_many_pages_name_limit_and_setting(self, tmp_path: Path) -> None:
        path = PdfWriter([PdfPage(prose(_LINES))] * 3).write(tmp_path / "a.pdf")
        with pytest.raises(LimitExceeded, match=r"3 pages.*limit is 2 pages.*CAIRN_PARSE_MAX_PAGES"):
            parse(path, "a.pdf", ParseOptions(max_pages=2))

    def test_a_placeholder_title_is_no_title(self, tmp_path: Path) -> None:
        assert _parsed(tmp_path, PdfPage(prose(_LINES)), title="untitled").title is None
