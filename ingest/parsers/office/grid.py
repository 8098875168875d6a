"""Tables found in a sheet: stretches of cells that empty rows and columns part from each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import TypeAlias

from ingest.documents import Table
from ingest.parsers.collector import BlockCollector
from ingest.parsers.tables import table_of

Row: TypeAlias = Sequence[str]
Grid: TypeAlias = list[list[str]]
Merges: TypeAlias = Mapping[int, Sequence[tuple[int, int, int]]]
"""By row: (first column, last column, first row) of merged ranges that reach into it; all counted from 0."""


class SheetReader:
    """Takes a sheet's rows from the first on; a sheet without values leaves no trace, not even its heading."""

    def __init__(self, collector: BlockCollector, title: str, page: int) -> None:
        self._collector = collector
        self._title = title
        self._page = page
        self._merges: Merges = {}
        self._region: Grid = []
        self._first = 0
        self._headed = False

    def read(self, rows: Iterator[Sequence[str]], merges: Merges) -> None:
        self._merges = merges
        for number, cells in enumerate(rows):
            row = _trimmed(list(cells))
            if not row:
                self._close()
                continue
            if not self._region:
                self._first = number
            self._region.append(row)
            self._collector.check_rows(len(self._region))
        self._close()

    def _close(self) -> None:
        rows, self._region = self._region, []
        if not rows:
            return
        self._head()
        for part, top, left in _parts(_padded(rows), self._first, 0):
            self._add(part, top, left)

    def read_charts(self, charts: Iterator[Table]) -> None:
        """Of a chart beside cells, what it is called and what it shows: its values are cells here or on another sheet.
        A sheet that is nothing but a chart is its values."""
        has_cells = self._headed
        for chart in charts:
            self._head()
            if has_cells:
                names = ", ".join(filter(None, chart.rows[0])) if chart.rows else ""
                self._collector.text(": ".join(filter(None, (chart.caption, names))), page=self._page)
            else:
                self._collector.table(chart, page=self._page)

    def _head(self) -> None:
        if not self._headed:
            self._collector.start_over_headings()
            self._collector.heading(self._title, 1, page=self._page)
            self._headed = True

    def _add(self, rows: Grid, top: int, left: int) -> None:
        """Rows with a single cell above a wider table are its title or remarks, not its header."""
        width = max(_filled(row) for row in rows)
        start = 0
        while width > 1 and start < len(rows) and _filled(rows[start]) == 1:
            start += 1
        self._collector.text("\n".join(" ".join(filter(None, row)) for row in rows[:start]), page=self._page)
        body = rows[start:]
        if width == 1:
            self._collector.count_rows(len(body))
            self._collector.text("\n".join(" ".join(filter(None, row)) for row in body), page=self._page)
        else:
            spread = self._spread(body, top + start, left)
            self._collector.table(table_of(spread, header_rows=1 if len(body) > 1 else 0), page=self._page)

    def _spread(self, rows: Grid, top: int, left: int) -> Grid:
        """A merged cell stands in every row and column that it covers, so that each row can be understood alone."""
        for number, row in enumerate(rows):
            for first, last, start in self._merges.get(top + number, ()):
                source = start - top
                if not (0 <= source <= number and left <= first < left + len(row)):
                    continue
                value = rows[source][first - left] if first - left < len(rows[source]) else ""
                for column in range(first - left, min(last - left + 1, len(row))):
                    row[column] = row[column] or value
        return rows


def _parts(rows: Grid, top: int, left: int) -> Iterator[tuple[Grid, int, int]]:
    """Tables side by side, from left to right: parted by an empty column with two columns or more on either side. A
    single column beyond an empty one is a remark or a wide margin inside a table."""
    cut = _gutter(rows)
    if cut is None:
        yield rows, top, left
        return
    for part, start in (([row[:cut] for row in rows], left), ([row[cut + 1 :] for row in rows], left + cut + 1)):
        block: Grid = []
        for number, row in enumerate([*part, []]):
            if any(row):
                block.append(row)
            elif block:
                yield from _parts(block, top + number - len(block), start)
                block = []


def _gutter(rows: Grid) -> int | None:
    width = len(rows[0])
    used = [any(row[column] for row in rows) for column in range(width)]
    for column in range(2, width - 2):
        if not used[column] and sum(used[:column]) >= 2 and sum(used[column + 1 :]) >= 2 and len(rows) > 1:
            return column
    return None


def _padded(rows: Grid) -> Grid:
    width = max(len(row) for row in rows)
    return [row + [""] * (width - len(row)) for row in rows]


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell)


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def shown(value: object) -> str:
    """Dates as ISO, midnight left out; whole numbers without the point that spreadsheets store them with."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            return value.isoformat()
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(round(value, 12))
        case _:
            return str(value).strip()
