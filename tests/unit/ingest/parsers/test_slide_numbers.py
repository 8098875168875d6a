"""The numbers that PowerPoint counts only when it draws a slide."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pptx
import pytest
from lxml import etree

from ingest.documents import BlockKind
from tests.unit.ingest.parsers.conftest import ParseBytes

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
Paragraph = tuple[str, int, str | None, int | None]


def slide_of(*paragraphs: Paragraph) -> bytes:
    """Each as text, depth, scheme of its number if it has one, and where that begins if not with one."""
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    frame = slide.shapes.add_textbox(0, 0, 100, 100).text_frame
    for number, (text, depth, scheme, start) in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.text, paragraph.level = text, depth
        if scheme is not None:
            mark = etree.SubElement(paragraph._p.get_or_add_pPr(), f"{{{_A}}}buAutoNum", type=scheme)
            if start is not None:
                mark.set("startAt", str(start))
    written = BytesIO()
    deck.save(written)
    return written.getvalue()


def lines(parse_bytes: ParseBytes, *paragraphs: Paragraph) -> Sequence[str]:
    (block,) = parse_bytes(slide_of(*paragraphs), "a.pptx").blocks
    assert block.kind is BlockKind.LIST
    return block.text.splitlines()


class TestNumbers:
    def test_are_counted_by_level_and_begin_anew_below_each_item(self, parse_bytes: ParseBytes) -> None:
        period, parenthesis = "arabicPeriod", "alphaLcParenR"
        assert lines(
            parse_bytes,
            ("One", 0, period, None),
            ("a of one", 1, parenthesis, None),
            ("b of one", 1, parenthesis, None),
            ("Two", 0, period, None),
            ("a of two", 1, parenthesis, None),
        ) == ["- 1. One", "  - a) a of one", "  - b) b of one", "- 2. Two", "  - a) a of two"]

    def test_begin_where_they_are_told_to_and_anew_after_another_paragraph(self, parse_bytes: ParseBytes) -> None:
        assert lines(
            parse_bytes,
            ("Seven", 0, "romanUcPeriod", 7),
            ("Eight", 0, "romanUcPeriod", 7),
            ("plain", 0, None, None),
            ("Seven again", 0, "romanUcPeriod", 7),
        ) == ["- VII. Seven", "- VIII. Eight", "- plain", "- VII. Seven again"]

    @pytest.mark.parametrize(
        ("scheme", "shown"),
        [
            ("arabicParenBoth", "(1)"),
            ("arabicPlain", "1"),
            ("alphaUcPeriod", "A."),
            ("romanLcParenR", "i)"),
            ("circleNumDbPlain", "1"),
            ("ea1ChsPeriod", "1."),
            ("of some program", "1."),
        ],
    )
    def test_look_as_their_scheme_says(self, parse_bytes: ParseBytes, scheme: str, shown: str) -> None:
        assert lines(parse_bytes, ("Text", 0, scheme, None)) == [f"- {shown} Text"]
