"""HTML tables: cells with their spans filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import TypeVar

from lxml import html

from ingest.documents import Table
from ingest.parsers.tables import table_of
from ingest.parsers.web.seen import seen_text

_MAX_SPAN = 100  # a hostile colspan would otherwise ask for any amount of memory
_MOST_COPIES = 2000  # of the spanning cells of one table

T = TypeVar("T")

_STRUCTURE = ("table", "pre", "h1", "h2", "h3")
_LONGEST_CELL = 240  # characters in a cell that holds structure and still reads as one value


def is_data_table(table: html.HtmlElement) -> bool:
    """False for a table that arranges a page: one cell a row, or headings, code or further tables in its cells, unless
    these are short and its rows alike."""
    rows = [_cells(row) for row in _own_rows(table)]
    if table.get("role") == "presentation" or all(len(row) < 2 for row in rows):
        return False
    structured = [cell for row in rows for cell in row if next(cell.iterdescendants(*_STRUCTURE), None) is not None]
    if not structured:
        return True
    is_regular = len(rows) > 1 and len({sum(_span(cell, "colspan") for cell in row) for row in rows}) == 1
    return is_regular and all(len(_cell_text(cell)) <= _LONGEST_CELL for cell in structured)


def table_from(table: html.HtmlElement) -> Table:
    rows = list(_own_rows(table))
    header = 0
    while header < len(rows) and _is_header(rows[header]):
        header += 1
    caption = table.find("caption")
    text = " ".join("".join(caption.itertext()).split()) if caption is not None else ""
    return table_of(_filled(rows, _cell_text), header_rows=max(header, 1) if len(rows) > 1 else 0, caption=text)


def _own_rows(table: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from (row for row in child if row.tag == "tr")


def _cells(row: html.HtmlElement) -> list[html.HtmlElement]:
    return [cell for cell in row if cell.tag in {"td", "th"}]


def _is_header(row: html.HtmlElement) -> bool:
    parent = row.getparent()
    if parent is not None and parent.tag == "thead":
        return True
    cells = _cells(row)
    return bool(cells) and all(cell.tag == "th" for cell in cells)


def spread(table: html.HtmlElement) -> None:
    """Puts cells that span columns or rows into each of them, for a reader that knows of no spans."""
    rows = [row for row in _own_rows(table) if _cells(row)]
    if not any(_span(cell, name) > 1 for row in rows for cell in _cells(row) for name in ("colspan", "rowspan")):
        return
    filled = list(_filled(rows, lambda cell: cell))
    if sum(map(len, filled)) - sum(len(_cells(row)) for row in rows) > _MOST_COPIES:
        return
    for row, line in zip(rows, [[deepcopy(cell) for cell in line] for line in filled], strict=True):
        row[:] = line
        for cell in line:
            cell.attrib.pop("colspan", None)
            cell.attrib.pop("rowspan", None)


def _filled(rows: Sequence[html.HtmlElement], value: Callable[[html.HtmlElement], T]) -> Iterator[Sequence[T]]:
    """A cell that spans columns or rows stands in each of them: every row then reads on its own."""
    above: dict[int, tuple[int, T]] = {}
    for row in rows:
        below: dict[int, tuple[int, T]] = {}
        line: list[T] = []
        for cell in _cells(row):
            what, down = value(cell), _span(cell, "rowspan") - 1
            for _ in range(_span(cell, "colspan")):
                _take_over(above, below, line)
                if down:
                    below[len(line)] = (down, what)
                line.append(what)
        _take_over(above, below, line)
        above = below
        yield line


def _take_over(above: dict[int, tuple[int, T]], below: dict[int, tuple[int, T]], line: list[T]) -> None:
    """Fills the next places of the row with the cells that reach down into them; one that reaches further goes on."""
    while len(line) in above:
        left, what = above.pop(len(line))
        if left > 1:
            below[len(line)] = (left - 1, what)
        line.append(what)


def _span(cell: html.HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() else 1


def _cell_text(cell: html.HtmlElement) -> str:
    return " ".join(seen_text(cell).split())
