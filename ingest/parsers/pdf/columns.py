"""Reading order: pages in two or three columns are read column by column, between lines that span them."""

from __future__ import annotations

from ingest.parsers.lines import Line

_LEAST_LINES = 6
_LEAST_CHARACTERS = 18  # on average a side; the cells of a table are shorter
_LEAST_SHARE = 0.2  # of the lines on the smaller side
_MOST_SPANNING = 0.35  # of the lines across the gutter: titles, figures' captions, full-width tables


def in_reading_order(lines: list[Line]) -> list[list[Line]]:
    """Columns one after the other, each from top to bottom. A page without columns is one of them."""
    gutter = _gutter(lines)
    if gutter is None:
        return [_downwards(lines)] if lines else []
    columns: list[list[Line]] = []
    for band in _bands(lines, gutter):
        left = [line for line in band if line.box.right <= gutter]
        right = [line for line in band if line.box.left >= gutter]
        across = [line for line in band if line.box.left < gutter < line.box.right]
        columns += [_downwards(across)] if across else []
        columns += in_reading_order(left) + in_reading_order(right)
    return columns


def _downwards(lines: list[Line]) -> list[Line]:
    """Rows from top to bottom, each from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        if rows and rows[-1][0].is_beside(line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box.left)]


def _gutter(lines: list[Line]) -> float | None:
    """The x that parts the lines into two sides of prose with the fewest lines across it."""
    if len(lines) < 2 * _LEAST_LINES:
        return None
    edges = {round(line.box.left) for line in lines} - {round(min(line.box.left for line in lines))}
    candidates = [(_crossing(lines, edge - 1.0), edge - 1.0) for edge in edges if _has_column_at(lines, edge)]
    candidates = [candidate for candidate in candidates if _parts_prose(lines, candidate[1])]
    return min(candidates)[1] if candidates else None


def _has_column_at(lines: list[Line], edge: float) -> bool:
    return sum(1 for line in lines if abs(line.box.left - edge) < 2) >= _LEAST_LINES


def _crossing(lines: list[Line], x: float) -> int:
    return sum(1 for line in lines if line.box.left < x < line.box.right)


def _parts_prose(lines: list[Line], x: float) -> bool:
    left = [line for line in lines if line.box.right <= x]
    right = [line for line in lines if line.box.left >= x]
    smaller = min(len(left), len(right))
    if smaller < max(_LEAST_LINES, _LEAST_SHARE * len(lines)) or _crossing(lines, x) > _MOST_SPANNING * len(lines):
        return False
    return min(_mean_length(left), _mean_length(right)) >= _LEAST_CHARACTERS


def _mean_length(lines: list[Line]) -> float:
    return sum(len(line.text) for line in lines) / len(lines)


def _bands(lines: list[Line], gutter: float) -> list[list[Line]]:
    """Stretches of the page between which lines span the gutter; a spanning stretch is a band of its own."""
    bands: list[list[Line]] = []
    spanning: bool | None = None
    for line in sorted(lines, key=lambda line: line.baseline):
        spans = line.box.left < gutter < line.box.right
        if spans is not spanning:
            bands.append([])
            spanning = spans
        bands[-1].append(line)
    return bands
