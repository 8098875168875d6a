"""Every revision meets a database that is in use: each table has rows from the revision that made it on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, func, inspect, select, update

from kit.db.database import Database
from migrations.runner import head_revision, make_config
from migrations.tables import all_tables

ROWS = 3
FIXED: dict[type, object] = {
    bool: True,
    datetime: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    object: {},
    bytes: b"bytes",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    is_sqlite = request.param == "sqlite"
    database = Database(f"sqlite:///{tmp_path / 'used.db'}" if is_sqlite else request.getfixturevalue("pg_url"))
    yield database
    database.close()


def revisions(connection: Connection) -> list[str]:
    """The oldest first."""
    walked = ScriptDirectory.from_config(make_config(connection)).walk_revisions()
    return [script.revision for script in reversed(list(walked))]


def fill(connection: Connection, table: Table) -> None:
    """Rows that refer to rows of the tables before, with a value in every column."""
    for number in range(ROWS):
        connection.execute(table.insert().values({column.name: value_of(column, number) for column in table.columns}))


def value_of(column: Column[Any], number: int) -> object:
    """Rows refer to those of the same number; to none in their own table."""
    for key in column.foreign_keys:
        return None if key.column.table is column.table else value_of(key.column, number)
    kind = column.type.python_type
    if kind is str:
        return f"{column.table.name}{number}"[-(getattr(column.type, "length", None) or 100) :]
    return FIXED[kind] if kind in FIXED else kind(number + 1)


class TestEveryRevision:
    def test_keeps_the_rows_of_all_tables(self, empty: Database) -> None:
        filled: dict[str, int | None] = {}
        with empty.read() as session:
            steps = revisions(session.connection())
        assert steps[-1] == head_revision()
        for revision in steps:
            with empty.alter() as connection:
                command.upgrade(make_config(connection), revision)
                tables = MetaData()
                tables.reflect(connection)
                for table in tables.sorted_tables:
                    if table.name not in filled and table.name != "alembic_version":
                        fill(connection, table)
                        # A revision may have put rows there itself, about those that it met.
                        filled[table.name] = connection.scalar(select(func.count()).select_from(table))
        with empty.engine.connect() as connection:
            assert set(inspect(connection).get_table_names()) == {*all_tables().tables, "alembic_version"}
            kept = {
                table.name: connection.scalar(select(func.count()).select_from(table))
                for table in all_tables().sorted_tables
            }
        assert filled == kept

    def test_leaves_rows_that_the_models_can_read(self, empty: Database) -> None:
        with empty.alter() as connection:
            command.upgrade(make_config(connection), "0001")
            tables = MetaData()
            tables.reflect(connection)
            for table in tables.sorted_tables:
                if table.name != "alembic_version":
                    fill(connection, table)
            command.upgrade(make_config(connection), "head")
        with empty.engine.connect() as connection:
            for table in all_tables().sorted_tables:
                for row in connection.execute(select(table)):
                    missing = [
                        column.name for column in table.columns if not column.nullable and row._mapping[column] is None
                    ]
                    assert missing == [], f"{table.name} lacks {missing}"


PASSAGE = {"citation": "key", "chunk_id": "chunk", "file": "ovens", "headings": [], "text": "The oven is hot."}
CALLS = [
    {"id": "c1", "name": "search", "arguments": {}, "result": json.dumps({"query": "q", "passages": [PASSAGE]})},
    {"id": "c2", "name": "comment", "arguments": {}, "result": json.dumps({"error": "no"})},
]


class TestPassagesInTurns:
    @pytest.mark.parametrize(("state", "is_kept"), [("completed", False), ("cancelled", False), ("waiting", True)])
    def test_go_where_the_run_has_ended(self, empty: Database, state: str, is_kept: bool) -> None:
        with empty.alter() as connection:
            command.upgrade(make_config(connection), "0033")
            tables = MetaData()
            tables.reflect(connection)
            for table in tables.sorted_tables:
                if table.name != "alembic_version":
                    fill(connection, table)
            turns = tables.tables["run_turns"]
            connection.execute(update(turns).values(calls=CALLS))
            connection.execute(update(tables.tables["task_runs"]).values(state=state))
            command.upgrade(make_config(connection), "0034")
        with empty.engine.connect() as connection:
            for calls in connection.scalars(select(turns.c.calls)):
                search = json.loads(calls[0]["result"])
                assert (search["query"], search["passages"][0]["citation"], calls[1]) == ("q", "key", CALLS[1])
                assert ("text" in search["passages"][0]) is is_kept
