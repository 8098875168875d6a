"""Tables told from their rules: grids, and rows between rules that are as wide as the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.documents import Box, Table
from ingest.parsers.lines import Line, side_by_side, union
from ingest.parsers.pdf.arabic import is_right_to_left
from ingest.parsers.pdf.rules import Rule, Rules
from ingest.parsers.tables import table_of

_REACH = 3.0  # how far a rule may miss another that it meets
_SAME_END = 6.0
_MOST_CHARACTERS = 1200  # of a cell: longer ones are columns of text in a frame
_MOST_SHARE = 0.7  # of a table's text in one cell, where there is much of it
_LONG = 500
_FULL = 0.75  # of a column's width: a line shorter than that and not its cell's last is a row of its own


@dataclass(frozen=True, slots=True)
class RuledTable:
    box: Box
    table: Table
    lines: Sequence[Line]


def ruled_tables(lines: Sequence[Line], rules: Rules) -> Sequence[RuledTable]:
    """From top to bottom, without those inside another."""
    found: list[RuledTable] = []
    if not lines or len(rules.horizontal) < 2:
        return found
    grids = list(_grids(rules))
    used = {rule for across, _ in grids for rule in across}
    for across, down in grids:
        _keep(found, _grid_table(lines, across, down))
    for stack in _stacks([rule for rule in rules.horizontal if rule not in used]):
        _keep(found, _stacked_table(lines, stack))
    return sorted(found, key=lambda table: table.box.top)


def _keep(found: list[RuledTable], table: RuledTable | None) -> None:
    if table is not None and not any(_overlap(table.box, other.box) for other in found):
        found.append(table)


def _overlap(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def _grids(rules: Rules) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Rules that meet, directly or by others."""
    left_across, left_down = list(rules.horizontal), list(rules.vertical)
    while left_down:
        across: list[Rule] = []
        down, fresh = [left_down[0]], [left_down.pop(0)]
        while fresh:
            rule = fresh.pop()
            met = [h for h in left_across if _meet(h, rule)]
            left_across = [h for h in left_across if h not in met]
            across += met
            for h in met:
                more = [v for v in left_down if _meet(h, v)]
                left_down = [v for v in left_down if v not in more]
                down += more
                fresh += more
        if len(across) >= 2:
            yield across, down


def _meet(across: Rule, down: Rule) -> bool:
    return (
        across.start - _REACH <= down.at <= across.end + _REACH
        and down.start - _REACH <= across.at <= down.end + _REACH
    )


def _grid_table(lines: Sequence[Line], across: Sequence[Rule], down: Sequence[Rule]) -> RuledTable | None:
    xs = _distinct([rule.at for rule in down] + [min(r.start for r in across), max(r.end for r in across)])
    ys = _distinct([rule.at for rule in across] + [min(r.start for r in down), max(r.end for r in down)])
    if len(xs) < 3 or len(ys) < 2:
        return None
    box = Box(lines[0].box.page, xs[0], ys[0], xs[-1], ys[-1])
    inside = [line for line in lines if _is_inside(line, box)]
    rows: list[list[str]] = []
    for top, bottom in pairwise(ys):
        band = [line for line in inside if top <= _middle(line.box)[1] < bottom]
        columns = [[one for one in band if a <= _middle(one.box)[0] < b] for a, b in pairwise(xs)]
        rows += _band_rows(columns, xs)
    return _made(rows, inside, header_rows=1)


def _band_rows(columns: Sequence[Sequence[Line]], xs: Sequence[float]) -> list[list[str]]:
    """One row, or several that no rule parts: then most columns have a line for each, and lines end early."""
    cells = [_lines_of(column) for column in columns]
    filled = [(cell, xs[at + 1] - xs[at]) for at, cell in enumerate(cells) if cell]
    count = max((len(cell) for cell, _ in filled), default=0)
    many = [(cell, width) for cell, width in filled if len(cell) == count]
    is_several = (
        count > 1
        and len(many) * 2 > len(filled)
        and len(many) > 1
        and all(line.width < _FULL * width for cell, width in many for line in cell[:-1])
    )
    if not is_several:
        return [[" ".join(line.text for line in cell) for cell in cells]] if filled else []
    whole = [" ".join(line.text for line in cell) for cell in cells]
    return [
        [cell[number].text if len(cell) == count else whole[at] for at, cell in enumerate(cells)]
        for number in range(count)
    ]


def _lines_of(pieces: Sequence[Line]) -> list[Line]:
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda piece: piece.baseline):
        if rows and rows[-1][0].is_beside(piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [side_by_side(sorted(row, key=lambda piece: piece.box.left)) for row in rows]


def _stacks(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Three or more rules of one width above each other: head, body and foot of a table without vertical rules."""
    left = sorted(rules, key=lambda rule: rule.at)
    while left:
        first = left.pop(0)
        same = [r for r in left if abs(r.start - first.start) < _SAME_END and abs(r.end - first.end) < _SAME_END]
        left = [rule for rule in left if rule not in same]
        if len(same) >= 2:
            yield [first, *same]


def _stacked_table(lines: Sequence[Line], stack: Sequence[Rule]) -> RuledTable | None:
    box = Box(lines[0].box.page, stack[0].start - _REACH, stack[0].at, stack[0].end + _REACH, stack[-1].at)
    inside = [line for line in lines if _is_inside(line, box)]
    head = [line for line in inside if _middle(line.box)[1] < stack[1].at]
    rows = _rows([line for line in inside if line not in head])
    bounds = _columns([row for row in rows if len(row) > 1])
    if len(bounds) < 2 or sum(len(row) > 1 for row in rows) < max(2, len(rows) // 2):
        return None
    header = _rows(head)
    cells = [_placed(row, bounds) for row in [*header, *rows]]
    return _made(_continued(cells), inside, header_rows=max(len(header), 1))


def _continued(rows: list[list[str]]) -> list[list[str]]:
    """A row whose first cell is empty and that fills one cell goes on with the row above it."""
    joined: list[list[str]] = []
    for row in rows:
        if joined and not row[0] and sum(1 for cell in row if cell) == 1 and len(row) > 2:
            joined[-1] = [" ".join(filter(None, pair)) for pair in zip(joined[-1], row, strict=True)]
        else:
            joined.append(row)
    return joined


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        if rows and rows[-1][0].is_beside(line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box.left) for row in rows]


def _columns(rows: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for left, right in sorted((line.box.left, line.box.right) for row in rows for line in row):
        if merged and left < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged


def _placed(row: Sequence[Line], bounds: Sequence[tuple[float, float]]) -> list[str]:
    cells = [""] * len(bounds)
    for line in row:
        middle = _middle(line.box)[0]
        at = min(range(len(bounds)), key=lambda column: _distance(middle, bounds[column]))
        cells[at] = f"{cells[at]} {line.text}".strip()
    return cells


def _distance(x: float, bounds: tuple[float, float]) -> float:
    return max(bounds[0] - x, x - bounds[1], 0.0)


def _made(rows: list[list[str]], inside: Sequence[Line], *, header_rows: int) -> RuledTable | None:
    """None for a frame around text, and for what is a drawing rather than a table."""
    table = table_of(rows, header_rows=header_rows)
    if len(table.rows) < 2 or len(table.rows[0]) < 2:
        return None
    cells = [cell for row in table.rows for cell in row]
    filled = [cell for cell in cells if cell]
    longest, total = max(map(len, filled)), sum(map(len, filled))
    is_frame = longest > _MOST_CHARACTERS or (total > _LONG and longest > _MOST_SHARE * total)
    if is_frame or len(filled) * 3 < len(cells):
        return None
    if sum(map(is_right_to_left, filled)) * 2 > len(filled):
        table = replace(table, rows=tuple(tuple(reversed(row)) for row in table.rows))
    return RuledTable(union([line.box for line in inside]), table, inside)


def _is_inside(line: Line, box: Box) -> bool:
    x, y = _middle(line.box)
    return box.left <= x <= box.right and box.top <= y <= box.bottom


def _middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _distinct(places: Sequence[float]) -> list[float]:
    kept: list[float] = []
    for place in sorted(places):
        if not kept or place - kept[-1] > _REACH:
            kept.append(place)
    return kept
