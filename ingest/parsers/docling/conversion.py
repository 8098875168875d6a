"""Docling's document to blocks: its tree in reading order, without the furniture of pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ingest.documents import Box, Table
from ingest.parsers.collector import BlockCollector
from ingest.parsers.docling.model import DoclingDocument, Graph, Node, Ref, TableData
from ingest.parsers.lines import union
from ingest.parsers.tables import table_of

_SHOWN = frozenset({"body", "notes"})  # content layers; others are headers, footers, and what is not to be seen
_LISTS = frozenset({"list", "ordered_list"})
_HEADINGS = frozenset({"section_header", "field_heading"})
_TABLES = frozenset({"table", "document_index"})
_CHECKBOXES = {"checkbox_selected": "[x] ", "checkbox_unselected": "[ ] "}


def add_blocks(parts: Sequence[DoclingDocument], collector: BlockCollector, *, has_points: bool) -> None:
    """`parts` are of one file, in their order. `has_points`: whether boxes are in PDF points, and so worth keeping.

    Section headings begin below the title where any part has one, as Docling itself writes them.
    """
    below = any(node.label == "title" for part in parts for node in part.texts)
    for part in parts:
        _Walk(part, collector, heading_offset=int(below), has_points=has_points).over()


class _Walk:
    """Each node once, wherever a broken file may refer to it from."""

    def __init__(
        self, document: DoclingDocument, collector: BlockCollector, *, heading_offset: int, has_points: bool
    ) -> None:
        self._document = document
        self._collector = collector
        self._heading_offset = heading_offset
        self._has_points = has_points
        self._nodes = {node.self_ref: node for node in document.nodes}
        self._told: set[str] = {ref.target for table in document.tables for ref in table.captions}
        self._items: list[tuple[int, str]] = []
        self._items_of: list[Node] = []

    def over(self) -> None:
        self._children(self._document.body, depth=0)
        self._end_list()

    def _children(self, node: Node, *, depth: int) -> None:
        for ref in node.children:
            child = self._nodes.get(ref.target)
            if child is not None and child.self_ref not in self._told:
                self._told.add(child.self_ref)
                self._visit(child, depth=depth)

    def _visit(self, node: Node, *, depth: int) -> None:
        """`depth` counts the lists around it."""
        if node.content_layer not in _SHOWN:
            self._children(node, depth=depth)
        elif node.label in _LISTS:
            self._list(node, depth=depth)
        elif node.label == "list_item":
            self._item(node, depth=depth)
        else:
            self._end_list()
            self._block(node, depth=depth)

    def _list(self, node: Node, *, depth: int) -> None:
        if depth == 0:
            self._end_list()
        self._children(node, depth=depth + 1)
        if depth == 0:
            self._end_list()

    def _item(self, node: Node, *, depth: int) -> None:
        """Text of an item in several styles is in an inline group below it."""
        text = node.text or self._inline_text(node)
        marker = f"{node.marker} " if node.enumerated and node.marker else ""
        self._items.append((max(depth - 1, 0), marker + text))
        self._items_of.append(node)
        self._children(node, depth=max(depth, 1))

    def _inline_text(self, node: Node) -> str:
        for child in self._resolved(node.children):
            if child.label == "inline":
                self._told.add(child.self_ref)
                return self._joined(child)
        return ""

    def _end_list(self) -> None:
        if self._items:
            items, nodes = self._items, self._items_of
            self._items, self._items_of = [], []
            boxes = _by_page(box for node in nodes for box in self._boxes(node))
            self._collector.list(items, page=_page(nodes[0]), boxes=boxes)

    def _block(self, node: Node, *, depth: int) -> None:
        page, boxes = _page(node), self._boxes(node)
        match node.label:
            case "inline":
                self._collector.text(self._joined(node), page=page or self._page_below(node), boxes=boxes)
                return
            case "title":
                self._collector.heading(node.text, 1, page=page, boxes=boxes)
            case label if label in _HEADINGS:
                self._collector.heading(node.text, node.level + self._heading_offset, page=page, boxes=boxes)
            case label if label in _TABLES and node.data is not None:
                table = _table(node.data, caption=self._told_by(node.captions))
                self._collector.table(table, page=page, boxes=boxes)
                return  # what is in its cells is below it once more
            case "picture":
                self._captions(node)
                return  # as is what stands in the picture
            case "code":
                self._captions(node)
                self._collector.code(node.text, page=page, boxes=boxes)
            case _:
                text = _CHECKBOXES.get(node.label, "") + (node.text or node.orig)
                self._collector.text(text if node.graph is None else _lines_of(node.graph), page=page, boxes=boxes)
        self._children(node, depth=depth)

    def _captions(self, node: Node) -> None:
        for caption in self._resolved(node.captions):
            if caption.self_ref not in self._told:
                self._told.add(caption.self_ref)
                self._collector.text(caption.text, page=_page(caption), boxes=self._boxes(caption))

    def _told_by(self, captions: Sequence[Ref]) -> str:
        return " ".join(caption.text for caption in self._resolved(captions))

    def _joined(self, group: Node) -> str:
        """Pieces of one paragraph."""
        pieces = []
        for child in self._resolved(group.children):
            self._told.add(child.self_ref)
            if child.content_layer in _SHOWN:
                pieces.append(child.text or child.orig or self._joined(child))
        return " ".join(piece for piece in pieces if piece)

    def _page_below(self, node: Node) -> int | None:
        return next((page for child in self._resolved(node.children) if (page := _page(child)) is not None), None)

    def _resolved(self, refs: Sequence[Ref]) -> Iterator[Node]:
        return (self._nodes[ref.target] for ref in refs if ref.target in self._nodes)

    def _boxes(self, node: Node) -> Sequence[Box]:
        return tuple(self._box(node)) if self._has_points else ()

    def _box(self, node: Node) -> Iterator[Box]:
        for one in node.prov:
            page, box = self._document.pages.get(str(one.page_no)), one.bbox
            top, bottom = box.top, box.bottom
            if box.coord_origin == "BOTTOMLEFT":
                if page is None:
                    continue
                top, bottom = page.size.height - top, page.size.height - bottom
            yield Box(one.page_no, round(box.left, 1), round(top, 1), round(box.right, 1), round(bottom, 1))


def _table(data: TableData, *, caption: str) -> Table:
    """What covers several rows and columns stands in each of them."""
    rows = [[""] * data.num_cols for _ in range(data.num_rows)]
    heads = [False] * data.num_rows
    others = [False] * data.num_rows
    for cell in data.table_cells:
        for row in range(max(cell.start_row_offset_idx, 0), min(cell.end_row_offset_idx, data.num_rows)):
            for column in range(max(cell.start_col_offset_idx, 0), min(cell.end_col_offset_idx, data.num_cols)):
                rows[row][column] = cell.text
            heads[row] |= cell.column_header
            others[row] |= bool(cell.text.strip()) and not cell.column_header
    header = 0
    while header < data.num_rows and heads[header] and not others[header]:
        header += 1
    return table_of(rows, header_rows=header, caption=caption)


def _lines_of(graph: Graph) -> str:
    """A form's keys with their values, and what has none."""
    texts = {cell.cell_id: cell.text for cell in graph.cells}
    pairs = [link for link in graph.links if link.label in {"to_value", ""}]
    paired = {number for link in pairs for number in (link.source_cell_id, link.target_cell_id)}
    lines = [f"{texts.get(link.source_cell_id, '')}: {texts.get(link.target_cell_id, '')}" for link in pairs]
    return "\n".join([*lines, *(text for number, text in texts.items() if number not in paired)])


def _page(node: Node) -> int | None:
    return node.prov[0].page_no if node.prov else None


def _by_page(boxes: Iterable[Box]) -> Sequence[Box]:
    pages: dict[int, list[Box]] = {}
    for box in boxes:
        pages.setdefault(box.page, []).append(box)
    return tuple(union(found) for found in pages.values())
