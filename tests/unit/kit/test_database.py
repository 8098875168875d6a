"""Units of work are whole, and writers wait for one another."""

from __future__ import annotations

import sqlite3
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from identity.models import Tenant, User
from kit.db.database import Database
from kit.ids import new_id
from tests.clock import FrozenClock

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def tenant(name: str, created_at: datetime = NOON) -> Tenant:
    return Tenant(id=new_id(), name=name, created_at=created_at)


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Tenant)) or 0


class TestWrite:
    def test_commits_as_the_block_ends(self, any_database: Database) -> None:
        with any_database.write() as session:
            session.add(tenant("a"))
        assert count(any_database) == 1

    def test_leaves_nothing_when_the_block_fails(self, any_database: Database) -> None:
        def add_and_fail() -> None:
            with any_database.write() as session:
                session.add(tenant("a"))
                session.flush()
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            add_and_fail()
        assert count(any_database) == 0

    def test_never_meets_a_locked_database(self, database: Database) -> None:
        """Each transaction reads before it writes, which is what fails at once when it is begun deferred."""
        with database.write() as session:
            session.add(tenant("counter"))
        failures: list[Exception] = []

        def increment() -> None:
            for _ in range(25):
                try:
                    with database.write() as session:
                        row = session.scalars(select(Tenant)).one()
                        row.name = str(int(row.name) + 1) if row.name.isdigit() else "1"
                except OperationalError as error:
                    failures.append(error)

        threads = [threading.Thread(target=increment) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []
        with database.read() as session:
            assert session.scalar(select(Tenant.name)) == "100"

    def test_checks_foreign_keys(self, any_database: Database) -> None:
        with pytest.raises(IntegrityError), any_database.write() as session:
            session.add(User(id=new_id(), tenant_id="nobody", email="e", name="n", created_at=NOON))


class TestRead:
    def test_writes_nothing_through(self, any_database: Database) -> None:
        with any_database.read() as session:
            session.add(tenant("a"))
            session.flush()
        assert count(any_database) == 0

    def test_does_not_wait_for_a_writer_nor_see_half_its_work(self, any_database: Database) -> None:
        with any_database.write() as session:
            session.add(tenant("a"))
            session.flush()
            assert count(any_database) == 0
        assert count(any_database) == 1


class TestOpening:
    def test_works_from_many_threads_on_a_file_that_is_not_there_yet(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path / 'new.db'}")
        failures: list[Exception] = []
        together = threading.Barrier(8)

        def ping() -> None:
            together.wait()
            try:
                database.ping()
            except OperationalError as error:
                failures.append(error)

        threads = [threading.Thread(target=ping) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        with database.read() as session:
            assert session.scalar(text("pragma journal_mode")) == "wal"
            assert session.scalar(text("pragma foreign_keys")) == 1
        database.close()

    def test_waits_for_a_writer_that_came_before_the_write_ahead_log(self, tmp_path: Path) -> None:
        writer = sqlite3.connect(tmp_path / "new.db", isolation_level=None)
        writer.execute("begin immediate")
        database = Database(f"sqlite:///{tmp_path / 'new.db'}")
        with ThreadPoolExecutor(1) as pool:
            opened = pool.submit(database.ping)
            assert wait([opened], timeout=0.2).not_done
            writer.execute("rollback")
            opened.result()
        writer.close()
        database.close()

    def test_reports_a_database_that_does_not_answer(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path / 'no' / 'folder.db'}")
        with pytest.raises(OperationalError):
            database.ping()

    def test_leaves_no_connection_open(self, database: Database) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ResourceWarning)
            count(database)
            database.close()
        assert "Connections in pool: 0" in database.engine.pool.status()


class TestUtcDateTime:
    def test_comes_back_aware_and_exact(self, any_database: Database) -> None:
        east = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
        with any_database.write() as session:
            session.add(tenant("a", created_at=east))
        with any_database.read() as session:
            found = session.scalars(select(Tenant.created_at)).one()
            assert session.scalar(select(Tenant.name).where(Tenant.created_at <= NOON)) == "a"
        assert found == NOON
        assert found.utcoffset() == timedelta(0)

    def test_refuses_a_moment_without_zone(self, database: Database, clock: FrozenClock) -> None:
        with pytest.raises(StatementError, match="give it a time zone"), database.write() as session:
            session.add(tenant("a", created_at=clock.now().replace(tzinfo=None)))
