"""Databases of the tests' own on a PostgreSQL server that may be used for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

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
