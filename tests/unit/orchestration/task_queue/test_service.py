"""The queue of programs elsewhere: claimed once, lost and found, tried again, kept to its tenant."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from identity.types import Principal, Role
from kit.db.database import Database
from kit.errors import Conflict, Forbidden, NotFound, Unavailable
from orchestration.task_queue.service import LOST, TaskQueue
from orchestration.task_queue.types import ClaimQuery, QueuedState, QueuedView, Submission
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office

NEW = Submission("resize", {"id": 5}, "default", priority=0, max_attempts=2, timeout_seconds=60)
ANY = ClaimQuery("default")


class Line:
    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.office = Office(database, clock)
        self.database, self.clock = database, clock
        self.queue = TaskQueue(clock, keep=timedelta(days=30))
        self.admin = self.office.admin

    def submit(self, principal: Principal | None = None, **fields: object) -> QueuedView:
        new = replace(NEW, **fields)  # type: ignore[arg-type]  # fields
        with self.database.write() as session:
            return self.queue.submit(session, principal or self.admin, new)

    def claim(
        self, worker: str = "w", *, limit: int = 1, query: ClaimQuery = ANY, principal: Principal | None = None
    ) -> list[QueuedView]:
        with self.database.write() as session:
            return [*self.queue.claim(session, principal or self.admin, query, worker_id=worker, limit=limit)]

    def seen(self, job_id: str) -> QueuedView:
        with self.database.read() as session:
            return self.queue.get(session, self.admin, job_id)


@pytest.fixture
def line(any_database: Database, clock: FrozenClock) -> Line:
    return Line(any_database, clock)


class TestClaiming:
    def test_gives_each_job_to_one_worker(self, line: Line) -> None:
        """Eight workers at once, until nothing is left."""
        jobs = {line.submit().id for _ in range(60)}
        start, taken = threading.Barrier(8), Counter[str]()

        def work(name: str) -> None:
            start.wait()
            while claimed := line.claim(name, limit=3):
                taken.update(one.id for one in claimed)

        workers = [threading.Thread(target=work, args=[f"w{number}"]) for number in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        for one in line.claim("last", limit=100):  # what was passed by while another looked at it
            taken[one.id] += 1
        assert taken == Counter(dict.fromkeys(jobs, 1))

    def test_takes_urgent_ones_first_and_old_ones_before_new_ones(self, line: Line) -> None:
        late, urgent, soon = line.submit(), line.submit(priority=9), line.submit(priority=1)
        later = line.submit()
        assert [line.claim()[0].id for _ in range(4)] == [urgent.id, soon.id, late.id, later.id]
        assert line.claim() == []

    def test_takes_what_it_asks_for(self, line: Line) -> None:
        job = line.submit(queue_name="pictures", task_type="crop", partition=7)
        for query in (
            ANY, ClaimQuery("pictures", "resize"), ClaimQuery("pictures", "crop", 8), ClaimQuery("pictures", None, 0),
        ):  # fmt: skip
            assert line.claim(query=query) == []
        assert [one.id for one in line.claim(query=ClaimQuery("pictures", "crop", 7))] == [job.id]

    def test_is_of_one_tenant(self, line: Line) -> None:
        job = line.submit()
        stranger = line.office.person(Role.ADMIN, line.office.others)
        assert line.claim(principal=stranger) == []
        with pytest.raises(NotFound), line.database.read() as session:
            line.queue.get(session, stranger, job.id)

    def test_is_not_for_readers_and_narrowed_keys(self, line: Line) -> None:
        held = replace(line.admin, dataset_ids=["01K00000000000000000000000"])
        for who in (line.office.person(Role.REVIEWER), line.office.agent("researcher"), held):
            with pytest.raises(Forbidden):
                line.submit(who)
            with pytest.raises(Forbidden):
                line.claim(principal=who)


class TestALostWorker:
    def test_gives_its_job_to_another(self, line: Line) -> None:
        job = line.submit()
        first = line.claim("a")[0]
        line.clock.advance(61)
        second = line.claim("b")[0]
        assert (second.id, second.attempt, second.worker_id) == (job.id, 2, "b")
        for act in (line.queue.heartbeat, line.queue.complete):
            more = {} if act == line.queue.heartbeat else {"result": None}
            with pytest.raises(Conflict, match="does not hold"), line.database.write() as session:
                act(session, line.admin, job.id, worker_id="a", attempt=first.attempt, **more)

    def test_keeps_it_by_saying_so(self, line: Line) -> None:
        job = line.submit()
        line.claim("a")
        line.clock.advance(50)
        with line.database.write() as session:
            line.queue.heartbeat(session, line.admin, job.id, worker_id="a", attempt=1)
        line.clock.advance(50)
        assert line.claim("b") == []

    def test_is_not_waited_for_for_ever(self, line: Line) -> None:
        job = line.submit()
        for worker in ("a", "b", "c"):
            line.claim(worker)
            line.clock.advance(61)
        seen = line.seen(job.id)
        assert (seen.state, seen.error, seen.attempt) == (QueuedState.FAILED, LOST, 2)


class TestEnding:
    def test_keeps_what_came_of_it(self, line: Line) -> None:
        job = line.submit()
        line.claim("a")
        with line.database.write() as session:
            line.queue.complete(session, line.admin, job.id, worker_id="a", attempt=1, result={"width": 5})
        seen = line.seen(job.id)
        assert (seen.state, seen.result, seen.lease_until) == (QueuedState.COMPLETED, {"width": 5}, None)
        line.clock.advance(3600)
        assert line.claim() == []

    def test_tries_again_later_and_not_for_ever(self, line: Line) -> None:
        job = line.submit()
        for attempt in (1, 2):
            assert [one.attempt for one in line.claim("a")] == [attempt]
            with line.database.write() as session:
                line.queue.fail(
                    session, line.admin, job.id, worker_id="a", attempt=attempt, error="no disk", again=True
                )
            assert line.claim("a") == []
            line.clock.advance(301)
        assert line.claim("a") == []
        assert (line.seen(job.id).state, line.seen(job.id).error) == (QueuedState.FAILED, "no disk")

    def test_is_forgotten_after_a_while(self, line: Line) -> None:
        job = line.submit()
        line.claim("a")
        with line.database.write() as session:
            line.queue.fail(session, line.admin, job.id, worker_id="a", attempt=1, error="no", again=False)
        line.clock.advance(31 * 86_400)
        line.submit()
        with pytest.raises(NotFound):
            line.seen(job.id)


class TestSubmitting:
    def test_happens_once_for_a_key(self, line: Line) -> None:
        first = line.submit(idempotency_key="k")
        assert line.submit(idempotency_key="k").id == first.id
        assert line.submit(idempotency_key="k", queue_name="other").id != first.id
        stranger = line.office.person(Role.ADMIN, line.office.others)
        assert line.submit(stranger, idempotency_key="k").id != first.id

    def test_happens_once_for_a_key_that_several_send_together(self, line: Line) -> None:
        start, made = threading.Barrier(4), list[str]()

        def send() -> None:
            start.wait()
            made.append(line.submit(idempotency_key="k").id)

        senders = [threading.Thread(target=send) for _ in range(4)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert (len(made), len(set(made))) == (4, 1)

    def test_says_that_the_table_is_not_there(self, line: Line, request: pytest.FixtureRequest) -> None:
        with line.database.write() as session:
            session.execute(text("alter table task_queue_jobs rename to elsewhere"))
        try:
            with pytest.raises(Unavailable, match="table is not there"):
                line.submit()
        finally:
            with line.database.write() as session:
                session.execute(text("alter table elsewhere rename to task_queue_jobs"))
