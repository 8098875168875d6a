"""How commands speak: tables and sentences for people, one JSON document for programs."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from rich.console import Console
from rich.table import Table
from rich.text import Text

Cell: TypeAlias = str | int | float | bool | datetime | None
Json: TypeAlias = Cell | Mapping[str, "Json"] | Sequence["Json"]

_PIPED_WIDTH = 200
"""A table that another program reads line by line is not to be folded to the width of a terminal that is not there."""

_WHOLE = frozenset({"Id", "Key"})


def answers() -> Console:
    """Standard output: what was asked for."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPED_WIDTH
    return Console(width=width, highlight=False, markup=False)


def remarks() -> Console:
    """Standard error: what is said beside it."""
    return Console(stderr=True, highlight=False, markup=False)


def say(sentence: str, *, style: str = "") -> None:
    answers().print(Text(printable(sentence), style=style), soft_wrap=True)


def remark(sentence: str) -> None:
    remarks().print(Text(printable(sentence)), soft_wrap=True)


def print_json(value: Json) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Numbers stand to the right; a column may wrap, but for what is there to be copied."""
    shown = [list(row) for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        is_number = bool(shown) and all(type(row[index]) in {int, float} for row in shown)
        table.add_column(
            column, justify="right" if is_number else "left", overflow="fold", no_wrap=column in _WHOLE or is_number
        )
    for row in shown:
        table.add_row(*(Text(_text(cell)) for cell in row))
    answers().print(table)


def print_passage(content: str, *, indent: str = "   ", lines: int | None = None) -> None:
    """A document's own text with its lines, wrapped, without empty ones; what is beyond `lines` is cut off."""
    console = answers()
    width = max(40, min(console.width, 120) - len(indent) - 1)
    wrapped = [piece for line in content.splitlines() for piece in textwrap.wrap(printable(line), width)]
    if lines is not None and len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], textwrap.shorten(wrapped[lines - 1], width - 2, placeholder="") + " …"]
    for piece in wrapped:
        console.print(Text(indent + piece), soft_wrap=True)


def printable(text: str) -> str:
    """File names, headings and passages are other people's text: no terminal code in them counts."""
    return "".join(character if character.isprintable() else " " for character in text)


def readable_size(size: int) -> str:
    if size < 1000:
        return f"{size} B"
    for unit, bytes_of_it in (("kB", 1e3), ("MB", 1e6)):
        if size < 999.5 * bytes_of_it:
            return f"{size / bytes_of_it:.3g} {unit}"
    return f"{size / 1e9:.3g} GB"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return "–"
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return cell.astimezone().strftime("%Y-%m-%d %H:%M")
        case _:
            return printable(str(cell))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
