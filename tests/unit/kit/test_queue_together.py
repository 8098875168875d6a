"""Several jobs in one statement follow the rules of one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kit.db.database import Database
from kit.jobs.models import Job
from kit.jobs.together import complete_all, enqueue_all, hold_all
from kit.jobs.types import JobState, NewJob
from tests.clock import FrozenClock
from tests.unit.kit.test_queue import LEASE, Office


@pytest.fixture
def office(any_database: Database, clock: FrozenClock) -> Office:
    return Office(any_database, clock)


def new(key: str) -> NewJob:
    return NewJob("parse", "ingest", key, key, {"file_id": key}, lot="site")


def states(office: Office) -> dict[str, str]:
    with office.database.read() as session:
        return {job.key: job.state for job in session.scalars(select(Job))}


class TestEnqueueing:
    def test_gives_the_ids_of_rows_in_order(self, office: Office) -> None:
        with office.database.write() as session:
            ids = enqueue_all(office.queue, session, [new("a"), new("b"), new("c")])
        assert [(claim.id, claim.subject, claim.lot) for claim in office.claim()] == list(
            zip(ids, "abc", ["site"] * 3, strict=True)
        )

    def test_makes_one_of_a_key_that_is_there_or_comes_twice(self, office: Office) -> None:
        there = office.enqueue("a")
        with office.database.write() as session:
            first, second, third = enqueue_all(office.queue, session, [new("a"), new("b"), new("b")])
        assert first == there
        assert second == third
        assert sorted(states(office)) == ["a", "b"]

    def test_makes_one_again_where_the_other_is_done(self, office: Office) -> None:
        office.enqueue("a")
        claim = office.claim_one()
        with office.database.write() as session:
            office.queue.complete(session, claim)
            (again,) = enqueue_all(office.queue, session, [new("a")])
        assert again != claim.id

    def test_of_nothing_does_nothing(self, office: Office) -> None:
        with office.database.write() as session:
            assert enqueue_all(office.queue, session, []) == []

    def test_takes_more_than_one_statement_holds(self, office: Office) -> None:
        with office.database.write() as session:
            enqueue_all(office.queue, session, [new(f"{number}") for number in range(900)])
        claims = office.claim(limit=900)
        with office.database.write() as session:
            assert complete_all(office.queue, session, hold_all(office.queue, session, claims)) == claims


class TestHolding:
    def test_extends_leases_and_tells_which_are_lost(self, office: Office) -> None:
        for key in "abc":
            office.enqueue(key)
        claims = office.claim()
        with office.database.write() as session:
            office.queue.cancel(session, subject="b", kinds=["parse"])
        office.clock.advance(LEASE - 1)
        with office.database.write() as session:
            held = hold_all(office.queue, session, claims, progressed=True)
        assert [claim.subject for claim in held] == ["a", "c"]
        office.clock.advance(LEASE - 1)
        assert office.claim("w2") == []

    def test_is_fenced_by_the_turn(self, office: Office) -> None:
        office.enqueue("a")
        late = office.claim("w1")
        office.clock.advance(LEASE + 1)
        office.claim("w1")
        with office.database.write() as session:
            assert hold_all(office.queue, session, late) == []
            assert complete_all(office.queue, session, late) == []
        assert states(office) == {"a": JobState.RUNNING}


class TestCompleting:
    def test_ends_those_that_are_held(self, office: Office) -> None:
        for key in "abc":
            office.enqueue(key)
        claims = office.claim()
        with office.database.write() as session:
            office.queue.cancel(session, subject="b", kinds=["parse"])
            done = complete_all(office.queue, session, claims)
        assert [claim.subject for claim in done] == ["a", "c"]
        assert states(office) == {"a": JobState.DONE, "b": JobState.CANCELLED, "c": JobState.DONE}
