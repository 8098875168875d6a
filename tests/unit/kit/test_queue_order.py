"""Several jobs are taken in one order by everybody, so that no two transactions wait for each other."""

from __future__ import annotations

from threading import Thread

from sqlalchemy.exc import DBAPIError

from kit.db.database import Database
from tests.clock import FrozenClock
from tests.postgres import await_waiting
from tests.unit.kit.test_queue import Office


def test_work_about_a_subject_is_called_off_in_it(pg_database: Database, clock: FrozenClock) -> None:
    office, failed = Office(pg_database, clock), list[DBAPIError]()
    for key in ("parse", "embed"):
        office.enqueue(key, subject="file-1")
    first, second = sorted(office.claim(), key=lambda claim: claim.id)
    clock.advance(1)
    office.hold(first)  # this row now lies behind the other, and so in the index

    def call_off() -> None:
        try:
            with pg_database.write() as session:
                office.queue.cancel(session, subject="file-1", kinds=["parse"])
        except DBAPIError as error:
            failed.append(error)

    calling_off = Thread(target=call_off)
    with pg_database.write() as session:
        office.queue.hold(session, first)
        calling_off.start()
        await_waiting(pg_database)
        office.queue.hold(session, second)
    calling_off.join()
    assert not failed
