"""Jobs are done by one worker at a time, survive workers, and end visibly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from kit.db.database import Database
from kit.events import outbox
from kit.jobs.errors import LeaseLost
from kit.jobs.models import Job
from kit.jobs.queue import MAX_INTERRUPTIONS, JobQueue
from kit.jobs.types import Claim, JobState, NewJob, Progress
from tests.clock import FrozenClock

LEASE = 30


class Office:
    """The queue with a transaction round every call, as a worker uses it."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock
        self.queue = JobQueue(clock, timedelta(seconds=LEASE))

    def enqueue(self, key: str = "file-1", **given: object) -> str:
        wanted: dict[str, object] = {
            "kind": "parse",
            "queue": "ingest",
            "key": key,
            "subject": key,
            "payload": {"file_id": key, "generation": 2},
        } | given
        with self.database.write() as session:
            return self.queue.enqueue(session, NewJob(**wanted))  # type: ignore[arg-type]  # fields by name

    def claim(
        self, owner: str = "w1", *, limit: int = 10, queue: str = "ingest", beside: Claim | None = None
    ) -> list[Claim]:
        with self.database.write() as session:
            return self.queue.claim(session, queue=queue, owner=owner, limit=limit, beside=beside)

    def claim_one(self, owner: str = "w1") -> Claim:
        (claim,) = self.claim(owner)
        return claim

    def hold(self, claim: Claim, *, progressed: bool = False) -> None:
        with self.database.write() as session:
            self.queue.hold(session, claim, progressed=progressed)

    def complete(self, claim: Claim) -> None:
        with self.database.write() as session:
            self.queue.complete(session, claim)

    def fail(self, claim: Claim, error: str = "broken") -> None:
        with self.database.write() as session:
            self.queue.fail(session, claim, error)

    def retry(self, claim: Claim, error: str = "flaky") -> JobState:
        with self.database.write() as session:
            return self.queue.retry(session, claim, error)

    def release(self, claim: Claim, *, got_further: bool = False) -> None:
        with self.database.write() as session:
            self.queue.release(session, claim, got_further=got_further)

    def recover(self) -> int:
        with self.database.write() as session:
            return self.queue.recover(session)

    def bury(self) -> list[Claim]:
        with self.database.write() as session:
            return self.queue.bury(session, queue="ingest")

    def cancel(self, subject: str, *kinds: str) -> int:
        with self.database.write() as session:
            return self.queue.cancel(session, subject=subject, kinds=kinds)

    def row(self, job_id: str) -> Job:
        with self.database.read() as session:
            found = session.scalars(select(Job).where(Job.id == job_id)).one()
            session.expunge(found)
            return found


@pytest.fixture
def office(any_database: Database, clock: FrozenClock) -> Office:
    return Office(any_database, clock)


class TestEnqueue:
    def test_makes_a_row_that_is_due_at_once(self, office: Office) -> None:
        job_id = office.enqueue(tenant_id="t")

        row = office.row(job_id)
        assert (row.state, row.attempt, row.tenant_id) == (JobState.QUEUED, 0, "t")
        assert office.claim_one().id == job_id

    def test_returns_the_unfinished_job_of_the_same_key(self, office: Office) -> None:
        first = office.enqueue("a")
        assert office.enqueue("a") == first
        claim = office.claim_one()
        assert office.enqueue("a") == first
        office.complete(claim)
        assert office.enqueue("a") != first

    def test_leaves_nothing_when_the_caller_fails(self, office: Office) -> None:
        def enqueue_and_fail() -> None:
            with office.database.write() as session:
                office.queue.enqueue(session, NewJob("parse", "ingest", "a", "a", {}))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            enqueue_and_fail()
        assert office.claim() == []

    def test_makes_one_job_when_callers_come_together(self, office: Office) -> None:
        ids: list[str] = []
        run_together(4, lambda _: ids.append(office.enqueue("same")))
        assert len(ids) == 4
        assert len(set(ids)) == 1

    def test_keeps_what_the_caller_did_before_when_another_was_first(
        self, pg_database: Database, clock: FrozenClock
    ) -> None:
        office = Office(pg_database, clock)
        inserted, go_on = threading.Event(), threading.Event()

        def slow() -> None:
            with pg_database.write() as session:
                office.queue.enqueue(session, NewJob("parse", "ingest", "same", "first", {}))
                inserted.set()
                go_on.wait(10)

        other = threading.Thread(target=slow)
        other.start()
        assert inserted.wait(10)
        with pg_database.write() as session:
            office.queue.enqueue(session, NewJob("parse", "ingest", "before", "kept", {}))
            threading.Timer(0.05, go_on.set).start()  # while the next line waits for the other transaction
            office.queue.enqueue(session, NewJob("parse", "ingest", "same", "second", {}))
        other.join()

        assert {claim.subject for claim in office.claim()} == {"first", "kept"}


class TestClaim:
    def test_gives_the_payload_as_it_was(self, office: Office) -> None:
        office.enqueue("f")
        claim = office.claim_one()
        assert (claim.text("file_id"), claim.number("generation")) == ("f", 2)
        assert (claim.attempt, claim.max_attempts, claim.owner) == (1, 5, "w1")

    def test_takes_urgent_ones_first_then_old_ones(self, office: Office) -> None:
        office.enqueue("old")
        office.clock.advance(1)
        office.enqueue("young")
        office.enqueue("urgent", priority=10)
        assert [claim.subject for claim in office.claim()] == ["urgent", "old", "young"]

    def test_takes_no_more_than_asked_and_only_of_its_queue(self, office: Office) -> None:
        for number in range(3):
            office.enqueue(f"a{number}")
        office.enqueue("c", queue="crawl")
        assert [claim.subject for claim in office.claim(limit=2)] == ["a0", "a1"]
        assert [claim.subject for claim in office.claim(queue="crawl")] == ["c"]

    def test_takes_only_what_is_of_the_same_kind_and_lot_beside_another(self, office: Office) -> None:
        for key, kind, lot in (
            *(("first", "parse", "site"), ("alone", "parse", None), ("embedded", "embed", "site")),
            *(("elsewhere", "parse", "another site"), ("second", "parse", "site")),
        ):
            office.enqueue(key, kind=kind, lot=lot)
        (first,) = office.claim(limit=1)
        assert [claim.subject for claim in office.claim(beside=first)] == ["second"]

    def test_does_not_take_what_another_holds(self, office: Office) -> None:
        office.enqueue()
        office.claim("w1")
        office.clock.advance(LEASE)
        assert office.claim("w2") == []

    def test_takes_over_from_a_silent_worker(self, office: Office) -> None:
        office.enqueue()
        first = office.claim_one("w1")
        office.clock.advance(LEASE + 1)
        second = office.claim_one("w2")
        assert second.id == first.id
        assert second.turn == first.turn + 1

    def test_does_not_count_a_takeover_as_an_attempt(self, office: Office) -> None:
        job_id = office.enqueue(max_attempts=2)
        for number in range(6):
            claim = office.claim_one(f"w{number}")
            office.clock.advance(LEASE + 1)
        assert claim.attempt == 1
        assert office.row(job_id).interruptions == 5
        assert office.retry(office.claim_one()) is JobState.QUEUED

    def test_gives_each_job_to_one_worker_when_many_come_together(self, office: Office) -> None:
        for number in range(40):
            office.enqueue(f"f{number}")
        taken: list[str] = []

        def work(number: int) -> None:
            while claims := office.claim(f"w{number}", limit=3):
                taken.extend(claim.id for claim in claims)

        run_together(4, work)
        assert len(taken) == len(set(taken)) == 40

    def test_passes_by_rows_that_another_is_about_to_take(self, pg_database: Database, clock: FrozenClock) -> None:
        office = Office(pg_database, clock)
        for number in range(4):
            office.enqueue(f"f{number}")
        with pg_database.write() as session:
            first = office.queue.claim(session, queue="ingest", owner="w1", limit=2)
            second = office.claim("w2", limit=2)  # answers at once, though the first has not committed
        assert [claim.subject for claim in first] == ["f0", "f1"]
        assert [claim.subject for claim in second] == ["f2", "f3"]


class TestHasWork:
    def has_work(self, office: Office, queue: str = "ingest") -> bool:
        with office.database.read() as session:
            return office.queue.has_work(session, queue=queue)

    def test_is_true_as_long_as_a_claim_finds_something(self, office: Office) -> None:
        assert not self.has_work(office)
        office.enqueue("a")
        office.enqueue("b")
        assert not self.has_work(office, "crawl")
        while self.has_work(office):
            assert len(office.claim(limit=1)) == 1
        assert office.claim() == []

    def test_is_true_of_what_a_silent_worker_holds(self, office: Office) -> None:
        office.enqueue()
        office.claim_one()
        office.clock.advance(LEASE)
        assert not self.has_work(office)
        office.clock.advance(1)
        assert self.has_work(office)

    def test_is_false_of_what_is_put_off(self, office: Office) -> None:
        office.enqueue()
        office.retry(office.claim_one())
        assert not self.has_work(office)
        office.clock.advance(2)
        assert self.has_work(office)

    def test_is_false_of_what_waits_to_be_buried(self, office: Office) -> None:
        office.enqueue()
        with office.database.write() as session:
            session.execute(update(Job).values(interruptions=MAX_INTERRUPTIONS))
        assert not self.has_work(office)


class TestFencing:
    @pytest.mark.parametrize("call", [Office.hold, Office.complete, Office.fail, Office.retry, Office.release])
    def test_stops_a_worker_that_was_overtaken(self, office: Office, call: Callable[[Office, Claim], object]) -> None:
        office.enqueue()
        late = office.claim_one("w1")
        office.clock.advance(LEASE + 1)
        present = office.claim_one("w2")

        with pytest.raises(LeaseLost, match="no longer held by w1"):
            call(office, late)
        office.hold(present)

    def test_stops_a_worker_that_was_overtaken_by_itself(self, office: Office) -> None:
        office.enqueue()
        late = office.claim_one("w1")
        office.clock.advance(LEASE + 1)
        office.claim_one("w1")
        with pytest.raises(LeaseLost):
            office.hold(late)

    def test_stops_a_claim_that_was_released_and_taken_again(self, office: Office) -> None:
        office.enqueue()
        early = office.claim_one("w1")
        office.release(early)
        present = office.claim_one("w1")
        assert present.attempt == early.attempt
        with pytest.raises(LeaseLost):
            office.complete(early)

    def test_takes_the_effects_of_the_step_back_with_it(self, office: Office) -> None:
        office.enqueue()
        late = office.claim_one("w1")
        office.clock.advance(LEASE + 1)
        office.claim_one("w2")

        def write_in_vain() -> None:
            with office.database.write() as session:
                session.execute(update(Job).values(subject="written in vain"))
                office.queue.hold(session, late)

        with pytest.raises(LeaseLost):
            write_in_vain()
        assert office.row(late.id).subject == "file-1"

    def test_lets_a_late_worker_go_on_that_nobody_overtook(self, office: Office) -> None:
        office.enqueue()
        claim = office.claim_one()
        office.clock.advance(LEASE * 3)
        office.hold(claim)
        assert office.claim("w2") == []


class TestHeartbeat:
    def beat(self, office: Office, owner: str, *claims: Claim) -> None:
        with office.database.write() as session:
            office.queue.heartbeat(session, owner=owner, jobs=[claim.id for claim in claims])

    def test_keeps_what_a_worker_has_in_hand_and_nothing_of_others(self, office: Office) -> None:
        office.enqueue("a")
        office.enqueue("b")
        mine, theirs = office.claim("w1", limit=1) + office.claim("w2", limit=1)
        office.clock.advance(LEASE - 1)
        self.beat(office, "w1", mine, theirs)
        office.clock.advance(2)
        assert [claim.id for claim in office.claim("w3")] == [theirs.id]
        office.hold(mine)

    def test_lets_go_what_the_worker_has_dropped(self, office: Office) -> None:
        office.enqueue("a")
        dropped = office.claim_one("w1")
        office.clock.advance(LEASE - 1)
        self.beat(office, "w1")
        office.clock.advance(2)
        assert [claim.id for claim in office.claim("w1")] == [dropped.id]


class TestEndings:
    def test_complete(self, office: Office) -> None:
        claim = office.claim_one() if office.enqueue() else None
        assert claim is not None
        office.complete(claim)
        row = office.row(claim.id)
        assert (row.state, row.finished_at, row.error) == (JobState.DONE, office.clock.now(), None)
        with pytest.raises(LeaseLost):
            office.complete(claim)

    def test_fail_keeps_the_reason_whatever_is_in_it(self, office: Office) -> None:
        office.enqueue()
        claim = office.claim_one()
        office.fail(claim, "bad name \udcff and \x00 " + "x" * 5000)
        row = office.row(claim.id)
        assert row.state == JobState.FAILED
        assert row.error is not None
        assert row.error.startswith("bad name ? and \ufffd xxx")
        assert len(row.error) == 2000

    def test_retry_waits_longer_each_time_and_then_gives_up(self, office: Office) -> None:
        job_id = office.enqueue(max_attempts=3)
        for attempt, delay in ((1, 2), (2, 4)):
            claim = office.claim_one()
            assert claim.attempt == attempt
            assert office.retry(claim) is JobState.QUEUED
            office.clock.advance(delay - 0.1)
            assert office.claim() == []
            office.clock.advance(0.1)
        assert office.retry(office.claim_one(), "still flaky") is JobState.DEAD
        row = office.row(job_id)
        assert (row.state, row.error, row.finished_at) == (JobState.DEAD, "still flaky", office.clock.now())
        office.clock.advance(hours=24)
        assert office.claim() == []

    def test_retry_never_waits_longer_than_five_minutes(self, office: Office) -> None:
        job_id = office.enqueue(max_attempts=2000)
        claim = office.claim_one()
        with office.database.write() as session:
            session.execute(update(Job).values(attempt=1500, state=JobState.QUEUED, turn=claim.turn))
        office.retry(office.claim_one())
        assert office.row(job_id).run_after == office.clock.now() + timedelta(minutes=5)

    def test_release_counts_no_attempt(self, office: Office) -> None:
        office.enqueue(max_attempts=1)
        for _ in range(5):
            office.release(office.claim_one())
        assert office.retry(office.claim_one()) is JobState.DEAD

    def test_release_of_what_got_further_forgets_the_attempts_before(self, office: Office) -> None:
        office.enqueue(max_attempts=2)
        assert office.retry(office.claim_one()) is JobState.QUEUED
        office.clock.advance(3600)
        office.release(office.claim_one(), got_further=True)
        claim = office.claim_one()
        assert claim.attempt == 1
        assert office.retry(claim) is JobState.QUEUED

    def test_postpone_puts_off_and_counts_no_attempt(self, office: Office) -> None:
        job_id = office.enqueue(max_attempts=1)
        for _ in range(3):
            claim = office.claim_one()
            assert claim.attempt == 1
            self.postpone(office, claim)
            assert (office.row(job_id).state, office.row(job_id).error) == (JobState.QUEUED, "the engine is away")
            office.clock.advance(1.9)
            assert office.claim() == []
            office.clock.advance(0.1)
        with pytest.raises(LeaseLost):
            self.postpone(office, claim)
        assert office.retry(office.claim_one()) is JobState.DEAD

    @staticmethod
    def postpone(office: Office, claim: Claim) -> None:
        with office.database.write() as session:
            office.queue.postpone(session, claim, "the engine is away", seconds=2)

    def test_cancel_stops_waiting_and_running_work(self, office: Office) -> None:
        office.enqueue("running", subject="f")
        claim = office.claim_one()
        office.enqueue("waiting", subject="f")
        office.enqueue("deleting", subject="f", kind="delete")
        office.enqueue("other", subject="g")

        assert office.cancel("f", "parse", "embed") == 2

        with pytest.raises(LeaseLost):
            office.hold(claim)
        assert {taken.kind + taken.subject for taken in office.claim()} == {"deletef", "parseg"}


class TestRecover:
    def test_frees_what_ran_and_counts_no_attempt(self, office: Office) -> None:
        office.enqueue("a")
        office.enqueue("b")
        late, _ = office.claim("w1")
        assert office.recover() == 2
        again = office.claim("w2")
        assert [claim.attempt for claim in again] == [1, 1]
        assert office.row(again[0].id).interruptions == 1
        with pytest.raises(LeaseLost):
            office.hold(late)

    def test_leaves_everything_else(self, office: Office) -> None:
        done, waiting = office.enqueue("a"), office.enqueue("b")
        office.complete(office.claim("w1", limit=1)[0])
        assert office.recover() == 0
        assert office.row(done).state == JobState.DONE
        assert office.row(waiting).state == JobState.QUEUED


class TestCounts:
    def test_tell_what_waits_and_what_became_of_the_rest(self, office: Office) -> None:
        for key in ("a", "b", "c"):
            office.enqueue(key)
        office.enqueue("d", queue="crawl")
        office.complete(office.claim(limit=1)[0])
        with office.database.read() as session:
            assert office.queue.waiting(session) == 3
            assert office.queue.waiting(session, queue="ingest") == 2
            assert office.queue.counts(session) == {
                ("ingest", "queued"): 2,
                ("ingest", "done"): 1,
                ("crawl", "queued"): 1,
            }


def run_together(count: int, work: Callable[[int], object]) -> None:
    """Start threads at one moment, and pass on the first error among them."""
    errors: list[BaseException] = []
    barrier = threading.Barrier(count)

    def guarded(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except Exception as error:  # noqa: BLE001 - raised again in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


class TestWatching:
    def test_is_told_how_far_a_job_is_and_that_it_died(self, office: Office) -> None:
        office.enqueue(tenant_id="acme", dataset_id="manuals", max_attempts=1)
        claim = office.claim_one()
        with office.database.write() as session:
            office.queue.hold(session, claim, progress=Progress("pages", 3, 9))
        office.retry(claim, "out of luck")

        with office.database.read() as session:
            first, second = outbox.after(session, 0, limit=10)
        assert (first.type, first.dataset_id) == ("job_updated", "manuals")
        assert (first.data["stage"], first.data["done"], first.data["total"]) == ("pages", 3, 9)
        assert (second.data["state"], second.data["error"]) == ("dead", "out of luck")
