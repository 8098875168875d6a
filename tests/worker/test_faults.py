"""What a worker makes of work that it could not record, of a bad one among many, and of what kills its workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select, update

from kit.clock import SystemClock
from kit.db.database import Database
from kit.errors import Unavailable
from kit.jobs.handler import Signals
from kit.jobs.models import Job
from kit.jobs.queue import MAX_INTERRUPTIONS, JobQueue
from kit.jobs.types import Claim, JobState, NewJob
from orchestration.worker.worker import Lane, Worker

SECONDS = 20.0


@dataclass
class Handler:
    """Takes several jobs together, and completes them together."""

    database: Database
    jobs: JobQueue
    act: Callable[[str], object] = lambda _subject: None
    kind: str = "test"
    queue: str = "q"
    batch: int = 8
    done: Event = field(default_factory=Event)
    given_up: Event = field(default_factory=Event)
    sizes: list[int] = field(default_factory=list)

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        self.sizes.append(len(claims))
        for claim in claims:
            self.act(claim.subject)
        with self.database.write() as session:
            for claim in claims:
                self.jobs.complete(session, claim)
        self.done.set()

    def gave_up(self, claim: Claim, error: str) -> None:
        self.given_up.set()


@pytest.fixture
def jobs() -> JobQueue:
    return JobQueue(clock=SystemClock(), lease=timedelta(seconds=0.4))


@pytest.fixture
def handler(database: Database, jobs: JobQueue) -> Handler:
    return Handler(database, jobs)


@pytest.fixture
def worker(database: Database, jobs: JobQueue, handler: Handler) -> Iterator[Worker]:
    worker = Worker(database=database, queue=jobs, handlers=[handler], lanes=[Lane("q", 1)])
    yield worker
    assert worker.stop(seconds=SECONDS)


def enqueue(database: Database, jobs: JobQueue, *subjects: str, attempts: int = 5) -> None:
    with database.write() as session:
        for subject in subjects:
            jobs.enqueue(session, NewJob("test", "q", subject, subject, {}, max_attempts=attempts, lot="lot"))


def states(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {job.subject: job.state for job in session.scalars(select(Job))}


class TestAnEndThatCannotBeRecorded:
    def test_leaves_the_job_to_whoever_comes_next(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failed = Event()

        def fail_once(_subject: str) -> None:
            if not failed.is_set():
                raise ConnectionError("the database is away")

        def fail_as_well(*_: object, **__: object) -> None:
            failed.set()
            raise ConnectionError("the database is away")

        handler.act = fail_once
        monkeypatch.setattr(JobQueue, "retry", fail_as_well)
        enqueue(database, jobs, "a")
        worker.start()
        assert handler.done.wait(SECONDS)
        assert states(database) == {"a": JobState.DONE}


class TestABadOneAmongMany:
    def test_is_retried_alone_and_the_others_are_done(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker
    ) -> None:
        def refuse(subject: str) -> None:
            if subject == "bad":
                raise ArithmeticError("not this one")

        handler.act = refuse
        enqueue(database, jobs, "a", "bad", "c", attempts=1)
        assert worker._take_turn("q")
        assert handler.sizes == [3, 1, 1, 1]
        assert states(database) == {"a": JobState.DONE, "bad": JobState.DEAD, "c": JobState.DONE}
        assert handler.given_up.is_set()

    def test_hands_the_others_back_when_the_worker_stops(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker
    ) -> None:
        def stop_and_fail(_subject: str) -> None:
            worker.stop(seconds=0)
            raise ArithmeticError("not this one")

        handler.act = stop_and_fail
        enqueue(database, jobs, "a", "b", attempts=1)
        worker._take_turn("q")
        assert states(database) == {"a": JobState.QUEUED, "b": JobState.QUEUED}

    def test_that_finds_something_away_puts_all_of_them_off(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker
    ) -> None:
        def away(_subject: str) -> None:
            raise Unavailable("the engine is away")

        handler.act = away
        enqueue(database, jobs, "a", "b", attempts=1)
        worker._take_turn("q")
        assert handler.sizes == [2]
        assert states(database) == {"a": JobState.QUEUED, "b": JobState.QUEUED}


class TestAJobThatKillsItsWorkers:
    def test_is_buried_and_its_handler_told(
        self, database: Database, jobs: JobQueue, handler: Handler, worker: Worker
    ) -> None:
        enqueue(database, jobs, "a")
        with database.write() as session:
            session.execute(update(Job).values(interruptions=MAX_INTERRUPTIONS))
        worker.start()
        assert handler.given_up.wait(SECONDS)
        assert states(database) == {"a": JobState.DEAD}
        assert handler.sizes == []
