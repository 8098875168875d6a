"""A statement that is prepared finds what the same statement finds when it is executed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Float, bindparam, cast, literal_column, null, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from identity.models import Tenant
from kit.db.database import Database
from kit.db.prepared import Prepared

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
NAMED = Prepared(
    select(Tenant.id, Tenant.name, Tenant.created_at)
    .where(Tenant.name.in_(bindparam("names", expanding=True)), Tenant.id != bindparam("never"))
    .order_by(Tenant.id)
)


@pytest.fixture
def filled(any_database: Database) -> Database:
    with any_database.write() as session:
        session.add_all(Tenant(id=f"{name}1", name=name, created_at=NOON) for name in ("a", "b", "100%", "it's"))
    return any_database


class TestPrepared:
    @pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a", "b", "100%", "it's"], ["none"], []])
    def test_finds_what_the_statement_finds(self, filled: Database, names: list[str]) -> None:
        parameters = {"names": names, "never": "b1"}
        with filled.engine.connect() as connection:
            expected = [tuple(row) for row in connection.execute(NAMED.statement, parameters)]
        assert [tuple(row) for row in filled.rows(NAMED, parameters)] == expected
        assert len(expected) == len(set(names) & {"a", "100%", "it's"})

    def test_reads_columns_as_their_types(self, filled: Database) -> None:
        (row,) = filled.rows(NAMED, {"names": ["a"], "never": ""})
        assert (row.id, row.name, row.created_at) == ("a1", "a", NOON)

    def test_reads_numbers_of_every_kind(self, filled: Database) -> None:
        """As of a dataset that is tuned: without the driver's type PostgreSQL's numbers cannot be read at all."""
        half, missing = cast(literal_column("0.5"), Float).label("half"), cast(null(), Float).label("missing")
        numbers = Prepared(select(Tenant.id, half, missing).where(Tenant.id == bindparam("id")))
        (row,) = filled.rows(numbers, {"id": "a1"})
        assert (row.half, row.missing) == (0.5, None)

    def test_sees_what_was_written_a_moment_ago(self, filled: Database) -> None:
        assert filled.rows(NAMED, {"names": ["c"], "never": ""}) == []
        with filled.write() as session:
            session.add(Tenant(id="c1", name="c", created_at=NOON))
        assert [row.id for row in filled.rows(NAMED, {"names": ["c"], "never": ""})] == ["c1"]

    def test_fails_as_other_reads_do(self, filled: Database) -> None:
        with filled.alter() as connection:
            connection.exec_driver_sql("alter table tenants rename column name to called")
        try:
            with pytest.raises((OperationalError, ProgrammingError), match="name"):
                filled.rows(NAMED, {"names": ["a"], "never": ""})
        finally:
            with filled.alter() as connection:
                connection.exec_driver_sql("alter table tenants rename column called to name")
