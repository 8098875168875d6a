"""Statements that every search asks, compiled once: SQLAlchemy's compiler and types without its way of executing.

Hot, the two reads of a search take .5 ms each through a connection's `execute` and .1 ms like this; nearly all of the
difference is spent on putting lists into the statement and on beginning a transaction for a single read.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Dialect, Engine, Select

Value: TypeAlias = str | int | Sequence[str]
_Shape: TypeAlias = tuple[tuple[str, int], ...]
"""Names with the length of their lists; -1 for what is none."""
_SHAPES = 256


class Prepared:
    """A select of columns, to be made once in a module. Its parameters are strings, numbers and, where they expand,
    lists of strings: what every driver takes as it is."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self.statement = statement
        self._compiled = lru_cache(maxsize=_SHAPES)(self._compile)

    def rows(self, engine: Engine, parameters: Mapping[str, Value]) -> Sequence[Any]:
        """Named tuples. Raises the driver's own errors."""
        shape = tuple((name, -1 if isinstance(value, str | int) else len(value)) for name, value in parameters.items())
        ready = self._compiled(engine.dialect, shape)
        with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(ready.sql, ready.values(parameters))
            return ready.made(cursor.fetchall())

    def _compile(self, dialect: Dialect, shape: _Shape) -> _Ready:
        stand_ins = {name: "" if length < 0 else [""] * length for name, length in shape}
        expanded = self.statement.compile(dialect=dialect).construct_expanded_state(stand_ins)
        columns = self.statement.selected_columns
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        return _Ready(
            sql=expanded.statement,
            constants=expanded.parameters,
            positions=expanded.positiontup,
            row=namedtuple("Row", [column.key for column in columns]),  # type: ignore[misc]  # noqa: PYI024  # by shape
            readers=[(at, reader) for at, reader in enumerate(readers) if reader is not None],
        )


@dataclass(frozen=True, slots=True)
class _Ready:
    """For one dialect and one length of each list. `positions` is None where the driver takes names."""

    sql: str
    constants: Mapping[str, Any]
    positions: Sequence[str] | None
    row: Callable[..., Any]
    readers: Sequence[tuple[int, Callable[[Any], Any]]]

    def values(self, parameters: Mapping[str, Value]) -> Any:
        named = dict(self.constants)
        for name, value in parameters.items():
            if isinstance(value, str | int):
                named[name] = value
            else:
                named.update((f"{name}_{number}", one) for number, one in enumerate(value, 1))
        return named if self.positions is None else [named[name] for name in self.positions]

    def made(self, found: Sequence[Sequence[Any]]) -> Sequence[Any]:
        rows = []
        for one in found:
            values = list(one)
            for at, reader in self.readers:
                values[at] = reader(values[at])
            rows.append(self.row(*values))
        return rows
