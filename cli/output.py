"""How commands speak: tables for people, one JSON document for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from rich.console import Console
from rich.table import Table

Cell: TypeAlias = str | int | float | bool | datetime | None
Json: TypeAlias = Cell | Mapping[str, "Json"] | Sequence["Json"]

ANSWERS = Console(soft_wrap=False)
"""What was asked for."""

_WHOLE = frozenset({"Id", "Key"})

REMARKS = Console(stderr=True)
"""What is said beside it: progress, warnings."""


def print_json(value: Json) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Numbers stand to the right; a column may wrap."""
    shown = [list(row) for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        is_number = bool(shown) and all(isinstance(row[index], int | float) for row in shown)
        whole = column in _WHOLE  # to be copied, so never broken into lines
        table.add_column(column, justify="right" if is_number else "left", overflow="fold", no_wrap=whole)
    for row in shown:
        table.add_row(*(_text(cell) for cell in row))
    ANSWERS.print(table, markup=False)


def _text(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, datetime):
        return cell.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return _escaped(str(cell))


def _escaped(text: str) -> str:
    """File names and headings are other people's text: neither markup nor terminal codes in them count."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return printable.replace("[", "\\[")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
