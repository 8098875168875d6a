"""Databases of the tests' own on a PostgreSQL server that may be used for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from kit.db.database import Database

POSTGRES = os.environ.get("CAIRN_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


@contextmanager
def throwaway_database(server: str) -> Iterator[str]:
    """SQLAlchemy URL of an empty database, dropped as the block ends."""
    name = f"cairn_test_{uuid4().hex[:12]}"
    url = make_url(server)
    with psycopg.connect(libpq(url), autocommit=True) as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def await_waiting(database: Database) -> None:
    """Until a transaction waits for what another one holds."""
    waiting = text(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    )
    while True:
        with database.read() as session:
            if session.scalar(waiting):
                return
        sleep(0.01)
