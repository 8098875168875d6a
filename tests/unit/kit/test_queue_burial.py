"""Jobs over which worker after worker died."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from kit.db.database import Database
from kit.jobs.models import Job
from kit.jobs.queue import MAX_INTERRUPTIONS, POISONOUS
from kit.jobs.types import Claim, JobState
from tests.clock import FrozenClock
from tests.unit.kit.test_queue import LEASE, Office


@pytest.fixture
def office(any_database: Database, clock: FrozenClock) -> Office:
    return Office(any_database, clock)


class TestBury:
    def interrupt(self, office: Office, times: int, *, by: Callable[[Office], object]) -> Claim:
        for _ in range(times):
            claim = office.claim_one()
            by(office)
        return claim

    @pytest.mark.parametrize("by", [Office.recover, lambda office: office.clock.advance(LEASE + 1)])
    def test_ends_a_job_that_kills_its_workers(self, office: Office, by: Callable[[Office], object]) -> None:
        job_id = office.enqueue()
        office.enqueue("innocent", queue="crawl")
        self.interrupt(office, MAX_INTERRUPTIONS, by=by)
        office.claim()  # taken over once more where the lease ran out
        by(office)

        assert office.claim() == []
        (buried,) = office.bury()

        assert (buried.id, buried.text("file_id")) == (job_id, "file-1")
        row = office.row(job_id)
        assert (row.state, row.error, row.finished_at) == (JobState.DEAD, POISONOUS, office.clock.now())
        assert office.bury() == []
        assert office.enqueue() != job_id

    def test_spares_a_job_that_gets_further_between_deaths(self, office: Office) -> None:
        office.enqueue()
        for _ in range(MAX_INTERRUPTIONS + 5):
            office.hold(office.claim_one(), progressed=True)
            office.recover()
        assert office.bury() == []
        assert office.claim_one().attempt == 1

    def test_spares_a_job_whose_worker_is_alive(self, office: Office) -> None:
        office.enqueue()
        claim = self.interrupt(office, 1, by=lambda _: None)
        with office.database.write() as session:
            session.execute(update(Job).values(interruptions=MAX_INTERRUPTIONS))
        assert office.bury() == []
        office.complete(claim)
