"""The database: one engine, reading and writing units of work. `commit()` stands here and nowhere else."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from kit.db.prepared import Prepared, Value

_WRITES = "cairn_writes"
_BUSY_SECONDS = 30
_LAST_ACTS = "cairn_before_commit"


class Database:
    """Hands out sessions. A unit of work is one transaction: it commits as the block ends, or leaves no trace."""

    def __init__(self, url: str, *, pool_size: int = 40) -> None:
        # 40 is the number of threads that AnyIO runs handlers on: a smaller pool would make them queue here.
        self.engine = _sqlite_engine(url, pool_size) if url.startswith("sqlite") else _server_engine(url, pool_size)
        self._writer = self.engine.execution_options(**{_WRITES: True})
        self._readers = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self._writers = sessionmaker(self._writer, expire_on_commit=False)
        self._last_words: list[Callable[[Session], None]] = []
        self._listeners: list[Callable[[Session], None]] = []

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view that must not be written through; what was loaded can be read after the block, too."""
        with self._readers() as session:
            try:
                yield session
            finally:
                session.expunge_all()  # rolling back would make rows that are still in use ask for themselves again
                session.rollback()

    def rows(self, prepared: Prepared, parameters: Mapping[str, Value]) -> Sequence[Any]:
        """What one statement of columns finds, as named tuples. A fraction of a unit of work's price: for what every
        search asks."""
        try:
            return prepared.rows(self.engine, parameters)
        except self.engine.dialect.loaded_dbapi.Error:
            # The ordinary way asks anew: it reconnects where that helps, and else says what is wrong as all reads do.
            with self.engine.connect() as connection:
                return connection.execute(prepared.statement, parameters).all()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction; on SQLite it takes the write lock at its first statement."""
        with self._writers() as session:
            yield session
            for act in session.info.pop(_LAST_ACTS, ()):
                act(session)
            for speak in self._last_words:
                speak(session)
            session.commit()
            for hear in self._listeners:
                hear(session)

    def before_flush(self, look: Callable[[Session], None]) -> None:
        """Have every writing session shown before what it changed is sent to the database."""
        event.listen(self._writers, "before_flush", lambda session, *_: look(session))

    def before_commit(self, speak: Callable[[Session], None]) -> None:
        """Let something be written at the end of every unit of work that writes, in the same transaction."""
        self._last_words.append(speak)

    def after_commit(self, hear: Callable[[Session], None]) -> None:
        """Have something done once what was written can be read; it must not fail, and asks the session for nothing but
        its `info`."""
        self._listeners.append(hear)

    @contextmanager
    def alter(self) -> Iterator[Connection]:
        """One transaction for changes of the schema, which holds SQLite's write lock from its start.

        Rebuilding a table on SQLite drops the old one, which with foreign keys on would delete or refuse what refers
        to it. They are off inside the block and checked as it ends: IntegrityError names the first broken reference.
        """
        with self._writer.connect() as connection, _without_foreign_keys(connection), connection.begin():
            yield connection
            _check_foreign_keys(connection)

    def ping(self) -> None:
        """Raises SQLAlchemy's OperationalError when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("select 1"))

    def close(self) -> None:
        self.engine.dispose()


def before_commit(session: Session, act: Callable[[Session], None]) -> None:
    """Have something done as the last statements of the transaction of a `write` block, if it comes to its end."""
    session.info.setdefault(_LAST_ACTS, []).append(act)


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite only; the pragma does nothing in a transaction, so it goes round SQLAlchemy, which would begin one."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.driver_connection
    raw.execute("pragma foreign_keys=off")
    try:
        yield
    finally:
        raw.execute("pragma foreign_keys=on")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("pragma foreign_key_check").first()
    if broken is not None:
        detail = f"row {broken[1]} of {broken[0]} refers to a missing row of {broken[2]}"
        raise IntegrityError("pragma foreign_key_check", None, ValueError(detail))


def _server_engine(url: str, pool_size: int) -> Engine:
    return create_engine(url, pool_size=pool_size, max_overflow=0, pool_pre_ping=True, pool_use_lifo=True)


def _sqlite_engine(url: str, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_use_lifo=True,  # the connection used last has its pages and statements at hand
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not guessed by the driver
        for pragma in (f"busy_timeout={_BUSY_SECONDS}000", "synchronous=normal", "foreign_keys=on"):
            connection.execute(f"pragma {pragma}")
        _use_write_ahead_log(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails with "database is locked" at once, whatever the
        # busy timeout is; taking the write lock at the start makes writers wait for each other instead.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """The switch, which a new file needs once, is refused at once while another connection writes, whatever the busy
    timeout is. Beginning an exclusive transaction does wait for the other one to end.
    """
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode=wal")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        else:
            return
        connection.execute("begin exclusive")
        connection.execute("rollback")
