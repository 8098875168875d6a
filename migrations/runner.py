"""Brings a database to the schema of this code."""

from __future__ import annotations

from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from kit.db.database import Database
from kit.home import newer_database

_FOLDER = Path(__file__).parent
_LOCK_ID = 0x63616972_6E6D6967  # "cairnmig": any constant that nothing else in the database uses
_LOCK_TIMEOUT = "10s"

_log = structlog.get_logger(__name__)


def upgrade(database: Database) -> None:
    """Apply the revisions that are missing, all in one transaction: a failed upgrade leaves the database as it was.

    Processes that start together wait for one another. Raises ConfigurationError when the database is newer than
    this code, and SQLAlchemy's OperationalError when a table stays locked by somebody else for ten seconds.
    """
    with database.alter() as connection:
        _exclude_others(connection)
        before = _revision_of(connection)
        if _is_unknown(before):
            raise newer_database(str(before))
        if before == head_revision():
            return
        command.upgrade(make_config(connection), "head")
        _log.info("database.migrated", before=before, after=head_revision())


def current_revision(database: Database) -> str | None:
    """The revision that the database is at; None when it is empty."""
    with database.engine.connect() as connection:
        return _revision_of(connection)


def head_revision() -> str:
    """The newest revision that this code knows."""
    head = _scripts().get_current_head()
    if head is None:
        raise LookupError(f"no revisions in {_FOLDER}")
    return head


def is_newer(database: Database) -> bool:
    """Whether the database is at a revision that this code does not know."""
    return _is_unknown(current_revision(database))


def make_config(connection: Connection) -> Config:
    """Alembic's configuration for commands on an open connection; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _exclude_others(connection: Connection) -> None:
    """SQLite's write lock is held already. PostgreSQL: wait for other upgrades, but never long for a busy table.

    A statement that waits for a table makes every later query of that table wait behind it, hence the timeout; it is
    set after the advisory lock because it would count for that one too.
    """
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text("select pg_advisory_xact_lock(:id)"), {"id": _LOCK_ID})
    connection.execute(text(f"set local lock_timeout = '{_LOCK_TIMEOUT}'"))


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _is_unknown(revision: str | None) -> bool:
    return revision is not None and revision not in {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_FOLDER))
