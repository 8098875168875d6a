"""The schema's history leads to exactly the models' tables, once, on either kind of database."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, String, inspect, text
from sqlalchemy.exc import IntegrityError

from kit.db.database import Database
from kit.errors import ConfigurationError
from migrations.runner import current_revision, head_revision, is_newer, make_config, upgrade
from migrations.tables import all_tables

_ADD_USER = text(
    "insert into users (id, tenant_id, email, name, created_at, deactivated_at) "
    "values ('u', :tenant, 'mail', 'name', '2026-01-01', null)"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'empty.db'}" if request.param == "sqlite" else str(request.getfixturevalue("pg_url"))


@pytest.fixture
def empty(url: str) -> Iterator[Database]:
    database = Database(url, pool_size=4)
    yield database
    database.close()


class TestUpgrade:
    def test_leads_from_nothing_to_the_newest_revision(self, empty: Database) -> None:
        assert current_revision(empty) is None

        upgrade(empty)

        assert current_revision(empty) == head_revision()

    def test_makes_exactly_the_tables_of_the_models(self, empty: Database) -> None:
        upgrade(empty)

        with empty.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, all_tables()) == []
            assert set(inspect(connection).get_table_names()) == {*all_tables().tables, "alembic_version"}

    def test_passes_alembics_own_check(self, empty: Database) -> None:
        upgrade(empty)

        with empty.alter() as connection:
            command.check(make_config(connection))
        assert current_revision(empty) == head_revision()

    def test_changes_nothing_when_run_again(self, empty: Database) -> None:
        upgrade(empty)
        with empty.write() as session:
            session.execute(text("insert into tenants (id, name, created_at) values ('t', 'kept', '2026-01-01')"))

        upgrade(empty)

        with empty.read() as session:
            assert session.scalar(text("select name from tenants")) == "kept"

    def test_can_be_undone(self, empty: Database) -> None:
        upgrade(empty)

        with empty.alter() as connection:
            command.downgrade(make_config(connection), "base")

        with empty.engine.connect() as connection:
            assert inspect(connection).get_table_names() == ["alembic_version"]

    def test_runs_once_when_processes_start_together(self, url: str) -> None:
        errors: list[BaseException] = []
        start = threading.Barrier(4)

        def begin() -> None:
            database = Database(url, pool_size=1)
            try:
                start.wait()
                upgrade(database)
            except Exception as error:  # noqa: BLE001 - handed to the test's thread, which asserts that there is none
                errors.append(error)
            finally:
                database.close()

        threads = [threading.Thread(target=begin) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        database = Database(url, pool_size=1)
        assert current_revision(database) == head_revision()
        database.close()

    def test_leaves_no_trace_when_it_fails(self, empty: Database) -> None:
        with empty.write() as session:
            session.execute(text("create table jobs (id text)"))  # in the way of the last table to be made

        with pytest.raises(Exception, match="jobs"):
            upgrade(empty)

        with empty.engine.connect() as connection:
            assert inspect(connection).get_table_names() == ["jobs"]


class TestNewerDatabase:
    @pytest.fixture
    def newer(self, empty: Database) -> Database:
        upgrade(empty)
        with empty.write() as session:
            session.execute(text("update alembic_version set version_num = '9999'"))
        return empty

    def test_is_recognised(self, newer: Database) -> None:
        assert is_newer(newer)

    def test_is_left_alone(self, newer: Database) -> None:
        with pytest.raises(ConfigurationError, match=r"written by a newer Cairn .*9999"):
            upgrade(newer)
        assert current_revision(newer) == "9999"

    def test_is_not_what_an_empty_or_present_one_is(self, empty: Database) -> None:
        assert not is_newer(empty)
        upgrade(empty)
        assert not is_newer(empty)


class TestAlter:
    def test_keeps_rows_that_refer_to_a_rebuilt_table(self, sqlite_database: Database) -> None:
        with sqlite_database.write() as session:
            session.execute(text("insert into tenants values ('t', 'name', '2026-01-01')"))
            session.execute(_ADD_USER, {"tenant": "t"})

        with sqlite_database.alter() as connection:
            operations = Operations(MigrationContext.configure(connection))
            with operations.batch_alter_table("tenants", recreate="always") as tenants:
                tenants.add_column(Column("plan", String(10)))

        with sqlite_database.read() as session:
            assert session.scalar(text("select count(*) from users")) == 1
            assert session.scalar(text("pragma foreign_keys")) == 1

    def test_refuses_to_leave_broken_references(self, sqlite_database: Database) -> None:
        with pytest.raises(IntegrityError, match="missing row of tenants"), sqlite_database.alter() as connection:
            connection.execute(_ADD_USER, {"tenant": "nobody"})
        with sqlite_database.read() as session:
            assert session.scalar(text("select count(*) from users")) == 0


class TestTables:
    def test_are_gathered_without_loading_the_web_or_parsers(self) -> None:
        code = (
            "import sys, migrations.runner, migrations.tables;"
            "heavy = {'fastapi', 'starlette', 'pypdfium2', 'docx', 'openpyxl', 'lxml', 'onnxruntime', 'qdrant_edge'};"
            "print(sorted(heavy & set(sys.modules)))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.strip() == "[]"
