"""A document as Docling writes it out (document.json, see written.py), to blocks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from ingest.documents import Block, BlockKind, Box
from ingest.parsers.collector import BlockCollector
from ingest.parsers.docling.conversion import add_blocks
from ingest.parsers.docling.model import DoclingDocument, read_document
from ingest.parsers.errors import LimitExceeded
from ingest.parsers.options import ParseOptions
from tests.unit.ingest.parsers.docling.written import PATH

TABLE = """Table 1: Herons by year

| Place | Year | Year |
| --- | --- | --- |
| Place | 2023 | 2024 |
| Rhine | 14 | 17 |"""


@pytest.fixture(scope="module")
def document() -> DoclingDocument:
    return read_document(json.loads(PATH.read_text())["document"])


def blocks_of(*parts: DoclingDocument, has_points: bool = True, options: ParseOptions | None = None) -> Sequence[Block]:
    collector = BlockCollector(options or ParseOptions())
    add_blocks(parts, collector, has_points=has_points)
    return collector.blocks


def made_of(*texts: dict[str, Any], **others: Any) -> DoclingDocument:
    """With those texts in the body, in their order."""
    numbered = [{"self_ref": f"#/texts/{number}", **text} for number, text in enumerate(texts)]
    body = {"self_ref": "#/body", "children": [{"$ref": text["self_ref"]} for text in numbered]}
    return read_document({"body": body, "texts": numbered, **others})


class TestBlocks:
    def test_stand_in_reading_order_without_the_furniture_of_pages(self, document: DoclingDocument) -> None:
        assert [(block.kind, block.text) for block in blocks_of(document)] == [
            (BlockKind.HEADING, "Of Herons"),
            (BlockKind.HEADING, "1 Where they live"),
            (BlockKind.TEXT, "Herons live by the water."),
            (BlockKind.LIST, "- rivers\n- lakes\n  - 1. deep ones\n  - 2. shallow ones"),
            (BlockKind.LIST, "- a list of its own"),
            (BlockKind.HEADING, "1.1 Counts"),
            (
                BlockKind.TABLE,
                TABLE,
            ),
            (BlockKind.CODE, "count = 14\nprint(count)"),
            (BlockKind.TEXT, "n = 14 + 3"),
            (BlockKind.TEXT, "Figure 1: A heron"),
            (BlockKind.TEXT, "They eat fish and frogs."),
            (BlockKind.TEXT, "[x] seen this year"),
            (BlockKind.TEXT, "Observer: A. Reed"),
            (BlockKind.TEXT, "1 Counted in May."),
            (BlockKind.TEXT, "A note to the speaker."),
        ]

    def test_stand_under_their_headings_with_page_and_box(self, document: DoclingDocument) -> None:
        blocks = blocks_of(document)
        assert [(block.level, block.text) for block in blocks if block.level] == [
            (1, "Of Herons"),
            (2, "1 Where they live"),
            (3, "1.1 Counts"),
        ]
        table = next(block for block in blocks if block.kind is BlockKind.TABLE)
        assert list(table.heading_path) == ["Of Herons", "1 Where they live", "1.1 Counts"]
        assert (table.page, list(table.boxes)) == (1, [Box(1, 50, 330, 550, 350)])
        fish = next(block for block in blocks if "fish" in block.text)
        assert fish.page == 2

    def test_of_a_list_have_one_box_around_its_items(self, document: DoclingDocument) -> None:
        first = next(block for block in blocks_of(document) if block.kind is BlockKind.LIST)
        assert list(first.boxes) == [Box(1, 50, 140, 550, 235)]

    def test_have_no_boxes_where_pages_are_not_measured_in_points(self, document: DoclingDocument) -> None:
        assert not any(block.boxes for block in blocks_of(document, has_points=False))

    def test_of_a_table_tell_header_rows_and_caption(self, document: DoclingDocument) -> None:
        table = next(block.table for block in blocks_of(document) if block.table)
        assert (table.header_rows, table.caption) == (2, "Table 1: Herons by year")

    def test_begin_at_the_first_level_where_no_part_has_a_title(self) -> None:
        part = made_of({"label": "section_header", "text": "Alone", "level": 1})
        assert [block.level for block in blocks_of(part)] == [1]

    def test_of_several_parts_go_on_under_the_last_heading(self, document: DoclingDocument) -> None:
        rest = made_of({"label": "text", "text": "More of it."})
        assert list(blocks_of(document, rest)[-1].heading_path) == ["Of Herons", "1 Where they live", "1.1 Counts"]


class TestBrokenDocuments:
    def test_a_node_that_contains_itself_is_told_once(self) -> None:
        part = made_of({"label": "text", "text": "Round", "children": [{"$ref": "#/texts/0"}]})
        assert [block.text for block in blocks_of(part)] == ["Round"]

    def test_references_to_nothing_are_passed_over(self) -> None:
        part = made_of({"label": "text", "text": "Here", "children": [{"$ref": "#/texts/9"}]})
        assert [block.text for block in blocks_of(part)] == ["Here"]

    def test_cells_outside_of_their_table_are_left_out(self) -> None:
        far = {"start_row_offset_idx": 5, "end_row_offset_idx": 900_000_000}
        near = {"start_row_offset_idx": 0, "end_row_offset_idx": 1}
        columns = {"start_col_offset_idx": 0, "end_col_offset_idx": 1}
        cells = [{"text": "in", **near, **columns}, {"text": "out", **far, **columns}]
        table = {
            "self_ref": "#/tables/0",
            "label": "table",
            "data": {"table_cells": cells, "num_rows": 1, "num_cols": 1},
        }
        body = {"self_ref": "#/body", "children": [{"$ref": "#/tables/0"}]}
        assert [
            block.table.rows[0][0]
            for block in blocks_of(read_document({"body": body, "tables": [table]}))
            if block.table
        ] == ["in"]

    def test_what_is_no_such_document_is_an_error(self) -> None:
        with pytest.raises(msgspec.ValidationError):
            read_document({"body": []})

    def test_limits_hold(self, document: DoclingDocument) -> None:
        with pytest.raises(LimitExceeded, match="CAIRN_PARSE_MAX_ROWS"):
            blocks_of(document, options=ParseOptions(max_rows=2))
        with pytest.raises(LimitExceeded, match="CAIRN_PARSE_MAX_CHARACTERS"):
            blocks_of(document, options=ParseOptions(max_characters=20))
