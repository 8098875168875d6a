"""Cells into tables, and tables into Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingest.documents import Table
from ingest.parsers.cleaning import one_line


def table_of(rows: Iterable[Sequence[str]], *, header_rows: int = 1, caption: str = "") -> Table:
    """Rows padded to one length, cells on one line each, empty rows and wholly empty columns left out."""
    cells = [tuple(one_line(cell) for cell in row) for row in rows]
    cells = [row for row in cells if any(row)]
    width = max((len(row) for row in cells), default=0)
    padded = [row + ("",) * (width - len(row)) for row in cells]
    used = [column for column in range(width) if any(row[column] for row in padded)]
    kept = padded if len(used) == width else [tuple(row[column] for column in used) for row in padded]
    return Table(rows=tuple(kept), header_rows=min(header_rows, len(kept)), caption=one_line(caption))


def as_markdown(table: Table) -> str:
    """A pipe table under its caption. Markdown has exactly one header row: further ones follow as plain rows, and a
    table without any gets an empty one."""
    if not table.rows:
        return table.caption
    width = len(table.rows[0])
    first, rest = (table.rows[0], table.rows[1:]) if table.header_rows else (("",) * width, table.rows)
    lines = [table.caption, ""] if table.caption else []
    lines += [_row(first), "|" + " --- |" * width]
    lines += [_row(row) for row in rest]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
