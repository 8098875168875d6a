"""Jobs that are over are forgotten after a while, unless they ended badly."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from kit.db.database import Database
from kit.jobs.models import Job
from tests.clock import FrozenClock
from tests.unit.kit.test_queue import Office


class TestPruning:
    def test_forgets_what_is_done_or_cancelled_and_old_and_nothing_else(
        self, any_database: Database, clock: FrozenClock
    ) -> None:
        office = Office(any_database, clock)
        for key in ("done", "failed", "cancelled"):
            office.enqueue(key)
        with any_database.write() as session:
            office.queue.cancel(session, subject="cancelled", kinds=("parse",))
        ends = {"done": office.complete, "failed": office.fail}
        for claim in office.claim():
            ends[claim.subject](claim)
        clock.advance(days=2)
        office.enqueue("lately")
        office.complete(office.claim_one())
        office.enqueue("waiting")

        day_ago = clock.now() - timedelta(days=1)
        with any_database.write() as session:
            assert [office.queue.prune(session, before=day_ago, limit=1) for _ in range(3)] == [1, 1, 0]
        with any_database.read() as session:
            assert set(session.scalars(select(Job.subject))) == {"failed", "waiting", "lately"}
