"""Docling's document as it writes itself out (schema `DoclingDocument`, version 1): the parts that are read here.

Read from its published form, not from its classes: those change with releases, and need its packages to be there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec


class Ref(msgspec.Struct, frozen=True):
    """To another node, as `#/texts/3`."""

    target: str = msgspec.field(name="$ref")


class BoundingBox(msgspec.Struct, frozen=True):
    """In the units of the page."""

    left: float = msgspec.field(name="l")
    top: float = msgspec.field(name="t")
    right: float = msgspec.field(name="r")
    bottom: float = msgspec.field(name="b")
    coord_origin: str = "TOPLEFT"


class Provenance(msgspec.Struct, frozen=True):
    page_no: int
    bbox: BoundingBox


class Cell(msgspec.Struct, frozen=True):
    """Offsets count from 0; the end is behind the last row or column that the cell covers."""

    text: str
    start_row_offset_idx: int
    end_row_offset_idx: int
    start_col_offset_idx: int
    end_col_offset_idx: int
    column_header: bool = False


class TableData(msgspec.Struct, frozen=True):
    table_cells: Sequence[Cell] = ()
    num_rows: int = 0
    num_cols: int = 0


class GraphCell(msgspec.Struct, frozen=True):
    cell_id: int
    text: str
    label: str = ""


class GraphLink(msgspec.Struct, frozen=True):
    source_cell_id: int
    target_cell_id: int
    label: str = ""


class Graph(msgspec.Struct, frozen=True):
    cells: Sequence[GraphCell] = ()
    links: Sequence[GraphLink] = ()


class Node(msgspec.Struct, frozen=True):
    """Any of its nodes; what a kind does not have is as it is here."""

    self_ref: str
    label: str = ""
    children: Sequence[Ref] = ()
    content_layer: str = "body"
    prov: Sequence[Provenance] = ()
    text: str = ""
    orig: str = ""
    level: int = 1
    enumerated: bool = False
    marker: str = ""
    captions: Sequence[Ref] = ()
    data: TableData | None = None
    graph: Graph | None = None


class Size(msgspec.Struct, frozen=True):
    width: float = 0.0
    height: float = 0.0


class Page(msgspec.Struct, frozen=True):
    size: Size = Size()


class DoclingDocument(msgspec.Struct, frozen=True):
    """`pages` by number, from 1, as text."""

    body: Node
    groups: Sequence[Node] = ()
    texts: Sequence[Node] = ()
    tables: Sequence[Node] = ()
    pictures: Sequence[Node] = ()
    key_value_items: Sequence[Node] = ()
    form_items: Sequence[Node] = ()
    field_regions: Sequence[Node] = ()
    field_items: Sequence[Node] = ()
    pages: Mapping[str, Page] = {}

    @property
    def nodes(self) -> Sequence[Node]:
        """All but the body."""
        containers = (*self.groups, *self.key_value_items, *self.form_items, *self.field_regions, *self.field_items)
        return (*containers, *self.texts, *self.tables, *self.pictures)


def read_document(written: Mapping[str, Any]) -> DoclingDocument:
    """msgspec.ValidationError for what is no such document."""
    return msgspec.convert(written, DoclingDocument, strict=False)
