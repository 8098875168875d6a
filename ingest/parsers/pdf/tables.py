"""Tables told from alignment: rows of short cells that stand above each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.documents import Table
from ingest.parsers.lines import Line, TableLine, side_by_side
from ingest.parsers.pdf.ruled_tables import RuledTable, ruled_tables
from ingest.parsers.pdf.rules import Rules
from ingest.parsers.tables import table_of

_LEAST_ROWS = 3
_MOST_CHARACTERS = 60  # of a cell on average: longer ones are prose in columns
_ROW_GAP = 2.6  # of the type size: further apart, rows belong to different tables
_MARKER = re.compile(r"^(?:[•●▪◦‣\u2043∙·\u2013\u2014*-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])$")


@dataclass(frozen=True, slots=True)
class FoundTable:
    table: Table
    lines: Sequence[Line]


def with_ruled_tables(lines: list[Line], rules: Rules) -> list[Line]:
    """The lines of each table that rules tell replaced by one that stands for it."""
    found = ruled_tables(lines, rules)
    if not found:
        return lines
    taken = {id(line) for table in found for line in table.lines}
    return [*(line for line in lines if id(line) not in taken), *map(_stand_in, found)]


def _stand_in(found: RuledTable) -> Line:
    """With as much text as a line has that is as wide: columns of text are told by the length of their lines."""
    first = found.lines[0]
    text = " ".join(" ".join(filter(None, row)) for row in found.table.rows)[:200]
    return TableLine(
        text, found.box, found.box.top + first.size, first.size, False, table=found.table, lines=found.lines
    )


def with_tables(column: list[Line]) -> list[Line | FoundTable]:
    """The column's lines with those of tables gathered; pieces of any other row are joined to one line."""
    rows = _rows(column)
    found: list[Line | FoundTable] = []
    start = 0
    while start < len(rows):
        if _has_table(rows[start]):
            found += [
                FoundTable(line.table, line.lines) if isinstance(line, TableLine) and line.table else line
                for line in rows[start]
            ]
            start += 1
            continue
        end = _end_of_run(rows, start)
        table = _table(rows[start:end])
        if table is None:
            found.append(side_by_side(rows[start]))
            start += 1
        else:
            found.append(table)
            start = end
    return found


def _rows(column: list[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in column:
        if rows and rows[-1][0].is_beside(line):
            rows[-1].append(line)
        else:
            rows.append([line])
    ordered = [sorted(row, key=lambda line: line.box.left) for row in rows]
    return [row if _has_table(row) else _with_marker_joined(_with_signs_joined(row)) for row in ordered]


def _with_signs_joined(row: list[Line]) -> list[Line]:
    """Pieces that overlap or touch are one: raised and lowered signs, and what pdfium parted without a gap."""
    joined = row[:1]
    for line in row[1:]:
        if line.box.left < joined[-1].box.right + 0.3 * line.size:
            joined[-1] = side_by_side([joined[-1], line])
        else:
            joined.append(line)
    return joined


def _with_marker_joined(row: list[Line]) -> list[Line]:
    """A list's marker belongs to the text behind it, however far it stands off."""
    return [side_by_side(row[:2]), *row[2:]] if len(row) > 1 and _MARKER.match(row[0].text) else row


def _end_of_run(rows: list[list[Line]], start: int) -> int:
    """Rows from `start` on that can be of one table: several cells each, or one that continues a cell above it."""
    if len(rows[start]) < 2:
        return start
    columns = _columns(rows[start])
    end = start + 1
    while end < len(rows) and not _has_table(rows[end]) and _follows(rows[end - 1], rows[end]):
        merged = _columns([*rows[end]], columns)
        is_wrapped = len(rows[end]) == 1 and len(merged) == len(columns) and not _is_first(rows[end][0], columns)
        if not (is_wrapped or (len(rows[end]) > 1 and len(merged) >= 2)):
            break
        columns, end = merged, end + 1
    return end


def _has_table(row: list[Line]) -> bool:
    return any(isinstance(line, TableLine) for line in row)


def _follows(above: list[Line], below: list[Line]) -> bool:
    gap = below[0].baseline - above[0].baseline
    return 0 < gap < _ROW_GAP * max(above[0].size, below[0].size)


def _is_first(line: Line, columns: list[tuple[float, float]]) -> bool:
    return line.box.left <= columns[0][1]


def _columns(row: list[Line], known: Sequence[tuple[float, float]] = ()) -> list[tuple[float, float]]:
    """Stretches of x that cells cover, overlapping ones made one."""
    merged: list[tuple[float, float]] = []
    for left, right in sorted([*known, *((line.box.left, line.box.right) for line in row)]):
        if merged and left < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged


def _table(rows: list[list[Line]]) -> FoundTable | None:
    full = [row for row in rows if len(row) > 1]
    if len(full) < _LEAST_ROWS:
        return None
    lines = [line for row in rows for line in row]
    if sum(len(line.text) for line in lines) > _MOST_CHARACTERS * len(lines):
        return None
    columns = _columns(lines)
    if any(_collides(row, columns) for row in full):
        return None
    return FoundTable(table_of(_cells(rows, columns)), lines)


def _collides(row: list[Line], columns: list[tuple[float, float]]) -> bool:
    places = [_place(line, columns) for line in row]
    return len(set(places)) < len(places)


def _place(line: Line, columns: list[tuple[float, float]]) -> int:
    return next(index for index, (left, right) in enumerate(columns) if left <= line.box.left <= right)


def _cells(rows: list[list[Line]], columns: list[tuple[float, float]]) -> list[list[str]]:
    """A row of one cell continues the row above it."""
    cells: list[list[str]] = []
    for row in rows:
        if len(row) > 1:
            cells.append([""] * len(columns))
        for line in row:
            place = _place(line, columns)
            cells[-1][place] = f"{cells[-1][place]} {line.text}".strip()
    return cells
