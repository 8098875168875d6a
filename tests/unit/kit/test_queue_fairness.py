"""Nobody waits for all of somebody else's work."""

from __future__ import annotations

import pytest

from kit.db.database import Database
from tests.clock import FrozenClock
from tests.unit.kit.test_queue import Office


@pytest.fixture
def office(any_database: Database, clock: FrozenClock) -> Office:
    return Office(any_database, clock)


class TestTurns:
    def test_lets_tenants_take_turns_whatever_each_has_waiting(self, office: Office) -> None:
        for number in range(50):
            office.enqueue(f"acme-{number}", tenant_id="acme")
        office.clock.advance(1)
        office.enqueue("globex-0", tenant_id="globex")
        office.enqueue("globex-1", tenant_id="globex")
        office.enqueue("nobody's")

        served: str | None = None
        taken = []
        for _ in range(7):
            with office.database.write() as session:
                (claim,) = office.queue.claim(session, queue="ingest", owner="w1", limit=1, served=served)
            served = claim.tenant_id
            taken.append(claim.subject)

        assert taken == ["acme-0", "globex-0", "nobody's", "acme-1", "globex-1", "acme-2", "acme-3"]

    def test_takes_a_job_that_was_handed_back_to_let_others_go_first_after_them(self, office: Office) -> None:
        office.enqueue("long")
        claim = office.claim_one()
        office.clock.advance(1)
        office.enqueue("short")
        office.clock.advance(1)
        with office.database.write() as session:
            office.queue.release(session, claim, to_the_back=True)

        assert [claim.subject for claim in office.claim(limit=1)] == ["short"]
        assert [claim.subject for claim in office.claim(limit=1)] == ["long"]
