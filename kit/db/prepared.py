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
_Reader: TypeAlias = Callable[[Any], Any]
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
            return ready.made(cursor.fetchall(), [one[1] for one in cursor.description])

    def _compile(self, dialect: Dialect, shape: _Shape) -> _Ready:
        stand_ins = {name: "" if length < 0 else [""] * length for name, length in shape}
        expanded = self.statement.compile(dialect=dialect).construct_expanded_state(stand_ins)
        columns = self.statement.selected_columns

        def readers(types: Sequence[Any]) -> Sequence[tuple[int, _Reader]]:
            kinds = zip(columns, types, strict=True)
            made = [column.type.dialect_impl(dialect).result_processor(dialect, kind) for column, kind in kinds]
            return [(at, reader) for at, reader in enumerate(made) if reader is not None]

        return _Ready(
            sql=expanded.statement,
            constants=expanded.parameters,
            positions=expanded.positiontup,
            row=namedtuple("Row", [column.key for column in columns]),  # type: ignore[misc]  # noqa: PYI024  # by shape
            readers=lru_cache(maxsize=4)(lambda *types: readers(types)),
        )


@dataclass(frozen=True, slots=True)
class _Ready:
    """For one dialect and one length of each list. `positions` is None where the driver takes names; `readers` takes
    the driver's type of each column, without which PostgreSQL's numbers cannot be told apart."""

    sql: str
    constants: Mapping[str, Any]
    positions: Sequence[str] | None
    row: Callable[..., Any]
    readers: Callable[..., Sequence[tuple[int, _Reader]]]

    def values(self, parameters: Mapping[str, Value]) -> Any:
        named = dict(self.constants)
        for name, value in parameters.items():
            if isinstance(value, str | int):
                named[name] = value
            else:
                named.update((f"{name}_{number}", one) for number, one in enumerate(value, 1))
        return named if self.positions is None else [named[name] for name in self.positions]

    def made(self, found: Sequence[Sequence[Any]], types: Sequence[Any]) -> Sequence[Any]:
        rows, readers = [], self.readers(*types)
        for one in found:
            values = list(one)
            for at, reader in readers:
                values[at] = reader(values[at])
            rows.append(self.row(*values))
        return rows
