"""Fixtures for every test: a migrated database, a clock that stands still, and no network but the machine's own."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from sqlalchemy import delete, text
from sqlalchemy.engine import make_url

from kit.db.database import Database
from migrations.runner import upgrade
from migrations.tables import all_tables
from tests import draw, mode
from tests.clock import FrozenClock
from tests.postgres import POSTGRES, libpq, throwaway_database

_KEPT_VARIABLES = ("CAIRN_DATA", "CAIRN_TEST_")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = os.environ.get("CAIRN_TEST_DRAW")
    if chosen:
        items[:], elsewhere = draw.drawn(items, chosen, mode.MODE)
        config.hook.pytest_deselected(items=elsewhere)


def pytest_sessionfinish() -> None:
    mode.close()


@pytest.fixture(autouse=True)
def _settings_of_the_machine_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("CAIRN_") and not name.startswith(_KEPT_VARIABLES):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def _tracebacks_are_plain() -> None:
    """Unless told otherwise, structlog draws each with all its locals, which takes seconds where one is a runtime."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])


@pytest.fixture(autouse=True, scope="session")
def _network_ends_at_this_machine() -> Iterator[None]:
    """Connecting to anything but the loopback raises at once, with the address in the message."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(self: socket.socket, address: object) -> None:
        _refuse_remote(self, address)
        connect(self, address)  # type: ignore[arg-type]  # as given

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        _refuse_remote(self, address)
        return connect_ex(self, address)  # type: ignore[arg-type]  # as given

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        yield


def _refuse_remote(sock: socket.socket, address: object) -> None:
    if sock.family not in {socket.AF_INET, socket.AF_INET6} or not isinstance(address, tuple):
        return
    host = str(address[0])
    try:
        is_local = host in {"", "localhost"} or ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        is_local = False
    if not is_local:
        raise RuntimeError(f"tests do not talk to the network, but something connected to {address!r}")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "cairn.db"
    database = Database(f"sqlite:///{path}", pool_size=1)
    upgrade(database)
    database.close()  # the last connection moves the write-ahead log into the file, so that the file is all there is
    return path


@pytest.fixture
def sqlite_database(_migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated SQLite database of the test's own, at tmp_path/cairn.db."""
    path = tmp_path / "cairn.db"
    shutil.copyfile(_migrated_file, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def _postgres_server() -> str:
    """URL of a database on a server that may be used for tests; skips where none answers."""
    try:
        with psycopg.connect(libpq(make_url(POSTGRES)), connect_timeout=2):
            return POSTGRES
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL server at {POSTGRES} (set CAIRN_TESTPOSTGRES_URL): {error}")


@pytest.fixture
def pg_url(_postgres_server: str) -> Iterator[str]:
    """SQLAlchemy URL of an empty database on the PostgreSQL server, dropped after the test."""
    with throwaway_database(_postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def _migrated_postgres(_postgres_server: str) -> Iterator[str]:
    with throwaway_database(_postgres_server) as url:
        database = Database(url, pool_size=1)
        upgrade(database)
        with database.write() as session:  # nothing here outlives the server anyway, and a disk takes its time
            session.execute(text(f"alter database {make_url(url).database} set synchronous_commit = off"))
        database.close()
        yield url


@pytest.fixture
def pg_database(_migrated_postgres: str) -> Iterator[Database]:
    """A migrated PostgreSQL database, empty at the start of each test."""
    database = Database(_migrated_postgres)
    yield database
    # for few rows quicker than TRUNCATE or a new database, and in one go than one by one
    emptied = "; ".join(str(delete(table)) for table in reversed(all_tables().sorted_tables))
    with database.write() as session:
        session.execute(text(f"do $$ begin {emptied}; end $$"))
    database.close()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Database:
    """An empty, migrated database of the kind that the mode of these tests has."""
    found: Database = request.getfixturevalue("pg_database" if mode.IS_CLUSTER else "sqlite_database")
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Database:
    """The same test on both kinds of database."""
    found: Database = request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "pg_database")
    return found


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Third-party sample data, from CAIRN_DATA; skips where it is absent. Mark such tests `realdata`."""
    path = Path(os.environ.get("CAIRN_DATA", "../shared/data")).absolute()
    if not path.is_dir():
        pytest.skip(f"no sample data at {path}: set CAIRN_DATA")
    return path
