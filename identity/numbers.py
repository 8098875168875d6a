"""The numbers that the platform's API names people and teams by: each is one more than the highest before it."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import text
from sqlalchemy.orm import Session


class Numbered(IntEnum):
    """What has numbers, by the key of its lock."""

    TEAM = 0x63616972_6E740000  # "cairnt" and "cairnu": any constants that nothing else in the database uses
    USER = 0x63616972_6E750000


def take_turns(session: Session, what: Numbered) -> None:
    """Before a row that gets a number is added: whoever adds another one at the same moment waits until this
    transaction has ended, since both would take the same number. SQLite has one writer at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:id)"), {"id": what})
