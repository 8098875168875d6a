"""The worker itself, over a real queue: it hears, it looks, it records, it stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread

import pytest

from kit.clock import SystemClock
from kit.db.database import Database
from kit.jobs.errors import LeaseLost
from kit.jobs.handler import Signals
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim, JobState, NewJob
from orchestration.worker.doorbell import Doorbell
from orchestration.worker.worker import WATCH_SECONDS, Lane, Worker

SECONDS = 20.0


@dataclass
class Handler:
    """Does what it is told to with each job, then completes it."""

    database: Database
    jobs: JobQueue
    act: Callable[[Claim, Signals], None] = lambda _claim, _signals: None
    kind: str = "test"
    queue: str = "q"
    batch: int = 1
    ran: Event = field(default_factory=Event)
    given_up: Event = field(default_factory=Event)

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            self.act(claim, signals)
            with self.database.write() as session:
                self.jobs.complete(session, claim)
        self.ran.set()

    def gave_up(self, claim: Claim, error: str) -> None:
        self.given_up.set()


@pytest.fixture
def jobs() -> JobQueue:
    return JobQueue(clock=SystemClock(), lease=timedelta(seconds=1))


@pytest.fixture
def handler(database: Database, jobs: JobQueue) -> Handler:
    return Handler(database, jobs)


@pytest.fixture
def worker(database: Database, jobs: JobQueue, handler: Handler) -> Iterator[Worker]:
    worker = Worker(database=database, queue=jobs, handlers=[handler], lanes=[Lane("q", 1)])
    yield worker
    assert worker.stop(seconds=SECONDS)
    assert not worker.is_alive


def enqueue(database: Database, jobs: JobQueue, *, kind: str = "test", attempts: int = 5) -> str:
    with database.write() as session:
        return jobs.enqueue(session, NewJob(kind, "q", f"{kind}:1", "s", {}, max_attempts=attempts))


def state(database: Database, job_id: str) -> Job:
    with database.read() as session:
        return session.get_one(Job, job_id)


class TestAWorker:
    def test_is_alive_from_start_to_stop(self, worker: Worker) -> None:
        assert not worker.is_alive
        worker.start()
        assert worker.is_alive

    def test_takes_work_that_it_is_nudged_about(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker
    ) -> None:
        worker.start()
        job = enqueue(database, jobs)
        worker.nudge()
        assert handler.ran.wait(SECONDS)
        assert state(database, job).state == JobState.DONE

    def test_finds_work_that_nobody_nudged_it_about(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker
    ) -> None:
        worker.start()
        enqueue(database, jobs)
        assert handler.ran.wait(SECONDS)

    def test_keeps_the_lease_of_work_that_takes_longer(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker
    ) -> None:
        begun, may_end = Event(), Event()

        def slow(_claim: Claim, _signals: Signals) -> None:
            begun.set()
            assert may_end.wait(SECONDS)

        handler.act = slow
        job = enqueue(database, jobs)
        worker.start()
        assert begun.wait(SECONDS)
        first = state(database, job).lease_until
        assert first is not None
        while (now := state(database, job).lease_until) == first:
            assert now is not None
            assert SystemClock().now() < first + timedelta(seconds=SECONDS), "the lease was never extended"
        may_end.set()
        assert handler.ran.wait(SECONDS)
        assert state(database, job).turn == 1

    def test_tells_a_step_to_stop(self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker) -> None:
        begun = Event()

        def until_told(_claim: Claim, signals: Signals) -> None:
            begun.set()
            while not signals.stopping():
                pass

        handler.act = until_told
        enqueue(database, jobs)
        worker.start()
        assert begun.wait(SECONDS)
        assert worker.stop(seconds=SECONDS)

    def test_records_what_went_wrong_and_gives_up_after_the_last_attempt(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker
    ) -> None:
        def fail(_claim: Claim, _signals: Signals) -> None:
            raise RuntimeError("a bug")

        handler.act = fail
        job = enqueue(database, jobs, attempts=1)
        worker.start()
        assert handler.given_up.wait(SECONDS)
        row = state(database, job)
        assert (row.state, row.error) == (JobState.DEAD, "RuntimeError: a bug")

    def test_lets_go_of_work_that_it_has_lost(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker
    ) -> None:
        lost = Event()

        def lose(claim: Claim, _signals: Signals) -> None:
            if not lost.is_set():
                lost.set()
                raise LeaseLost("somebody else has it")

        handler.act = lose
        job = enqueue(database, jobs)
        assert worker._take_turn("q")
        assert lost.is_set()
        assert state(database, job).attempt == 1

    def test_leaves_a_kind_that_it_does_not_know_to_others_and_says_so(
        self, database: Database, jobs: JobQueue, worker: Worker
    ) -> None:
        job = enqueue(database, jobs, kind="from the future", attempts=1)
        assert worker._take_turn("q")
        row = state(database, job)
        assert (row.state, row.attempt) == (JobState.QUEUED, 0)
        assert "from the future" in str(row.error)


class TestADoorbell:
    def test_does_not_let_a_ring_be_missed_that_came_before_the_wait(self) -> None:
        bell = Doorbell()
        heard = bell.count
        bell.ring()
        bell.wait(heard, SECONDS)  # returns at once, or the test's own time is over

    def test_wakes_everybody_who_waits(self) -> None:
        bell = Doorbell()
        waiting = [Thread(target=bell.wait, args=(bell.count, SECONDS)) for _ in range(3)]
        for thread in waiting:
            thread.start()
        bell.ring()
        for thread in waiting:
            thread.join(SECONDS / 2)
        assert not any(thread.is_alive() for thread in waiting)


class TestCancelling:
    def test_reaches_a_step_that_is_running_within_a_second_or_so(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker
    ) -> None:
        begun, ended = Event(), Event()

        def go_on(claim: Claim, signals: Signals) -> None:
            begun.set()
            while not signals.is_lost(claim):
                assert not signals.stopping()
                ended.wait(0.01)
            ended.set()

        handler.act = go_on
        enqueue(database, jobs)
        worker.start()
        assert begun.wait(SECONDS)

        with database.write() as session:
            assert jobs.cancel(session, subject="s", kinds=["test"]) == 1

        assert ended.wait(5)
        assert not handler.ran.wait(0.1)

    def test_is_not_told_of_a_job_that_is_held(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker
    ) -> None:
        told: list[bool] = []

        def look(claim: Claim, signals: Signals) -> None:
            Event().wait(3 * WATCH_SECONDS)
            told.append(signals.is_lost(claim))

        handler.act = look
        enqueue(database, jobs)
        worker.start()

        assert handler.ran.wait(SECONDS)
        assert told == [False]
