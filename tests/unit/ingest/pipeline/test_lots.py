"""Pages of one site that are read together: each is its own affair all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from identity.quota_book import QuotaBook
from identity.quota_limits import QuotaLimits
from identity.quotas import Quotas
from identity.rates import RateLimiter
from ingest.files.jobs import PARSE_QUEUE
from ingest.files.models import Chunk
from ingest.files.types import ShownStatus
from ingest.pipeline.parsing import SUSPECT, ParseHandler
from ingest.sandbox import conversation
from ingest.sandbox.errors import TaskCrashed
from kit.errors import CairnError
from kit.jobs.handler import Signals
from kit.jobs.types import Claim, JobState
from tests.unit.ingest.workshop import GO_ON, Workshop

SITE = "https://docs.example"


def page(number: int) -> str:
    return f"<html><body><h1>Page {number}</h1><p>What stands on page {number} and nowhere else.</p></body></html>"


def site(number: int, *, origin: str = SITE) -> dict[str, Any]:
    return {"files": {f"p{one}.html": page(one) for one in range(number)}, "origin": origin}


def together(workshop: Workshop) -> list[Claim]:
    """As a worker takes them."""
    with workshop.database.write() as session:
        (first,) = workshop.queue.claim(session, queue=PARSE_QUEUE, owner="w1", limit=1)
        more = workshop.queue.claim(session, queue=PARSE_QUEUE, owner="w1", limit=31, beside=first) if first.lot else []
    return [first, *more]


def statuses(workshop: Workshop, dataset: str) -> dict[str, ShownStatus]:
    with workshop.database.read() as session:
        views = workshop.file_service.list(session, workshop.caller, dataset)
        return {view.name: view.status for view in views}


def states(workshop: Workshop) -> list[str]:
    return [job.state for job in workshop.jobs(kind="file.parse")]


class TestALot:
    def test_is_of_small_pages_of_one_site(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        any_workshop.upload_all(dataset, **site(3))
        any_workshop.upload_all(dataset, {"other.html": page(9)}, origin="https://other.example")
        large = page(8) + "<p>word</p>" * 30_000
        any_workshop.upload_all(dataset, {"large.html": large, "notes.txt": "plain"}, origin=SITE)
        any_workshop.upload_all(dataset, {"upload.html": page(7)})
        sizes = []
        while states(any_workshop).count(JobState.QUEUED):
            sizes.append(len(together(any_workshop)))
        assert sizes == [3, 1, 1, 1, 1]

    def test_is_indexed_as_each_would_be_alone(self, any_workshop: Workshop) -> None:
        dataset, other = any_workshop.dataset("together"), any_workshop.dataset("apart")
        any_workshop.upload_all(dataset, **site(5))
        any_workshop.work()
        for name, content in site(5)["files"].items():
            any_workshop.indexed(other, name, content)
        assert statuses(any_workshop, dataset) == statuses(any_workshop, other)
        assert set(statuses(any_workshop, dataset).values()) == {ShownStatus.INDEXED}
        with any_workshop.database.read() as session:
            rows = session.query(Chunk).all()
        said = {which: sorted(row.content for row in rows if row.dataset_id == which) for which in (dataset, other)}
        assert said[dataset] == said[other]
        assert len(said[dataset]) == 5

    def test_is_read_again_from_the_beginning_after_a_kill(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        any_workshop.upload_all(dataset, **site(3))
        together(any_workshop)
        any_workshop.clock.advance(minutes=1)
        any_workshop.work()
        assert set(statuses(any_workshop, dataset).values()) == {ShownStatus.INDEXED}
        assert any_workshop.count(Chunk) == 3


class TestOneOfALot:
    def test_that_is_refused_leaves_the_others_alone(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        files = {**site(3)["files"], "empty.html": "<html><body><script>1</script></body></html>", "z.html": page(4)}
        any_workshop.upload_all(dataset, files, origin=SITE)
        any_workshop.work()
        found = statuses(any_workshop, dataset)
        assert found.pop("empty.html") is ShownStatus.ERROR
        assert set(found.values()) == {ShownStatus.INDEXED}

    def test_whose_bytes_are_missing_leaves_the_others_alone(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        any_workshop.upload_all(dataset, **site(3))
        lost = next(iter(any_workshop.files.keys()))
        any_workshop.files.delete(lost)
        any_workshop.work()
        assert sorted(statuses(any_workshop, dataset).values()) == [ShownStatus.ERROR, *[ShownStatus.INDEXED] * 2]

    def test_that_is_deleted_meanwhile_leaves_the_others_alone(
        self, any_workshop: Workshop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dataset = any_workshop.dataset()
        uploaded = any_workshop.upload_all(dataset, **site(3)).uploaded
        put, gone = any_workshop.files.put, uploaded[1].id

        def put_and_delete(key: str, data: bytes) -> None:
            put(key, data)
            if gone in key:
                any_workshop.delete(dataset, gone)

        monkeypatch.setattr(any_workshop.files, "put", put_and_delete)
        any_workshop.parsing.run(together(any_workshop), GO_ON)
        any_workshop.work()
        assert statuses(any_workshop, dataset) == {"p0.html": ShownStatus.INDEXED, "p2.html": ShownStatus.INDEXED}
        assert sorted(states(any_workshop)) == [JobState.CANCELLED, JobState.DONE, JobState.DONE]
        assert any_workshop.count(Chunk) == 2

    def test_that_somebody_else_has_taken_over_is_left_to_them(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        any_workshop.upload_all(dataset, **site(3))
        first, *others = together(any_workshop)
        any_workshop.parsing.run([replace(first, turn=first.turn - 1), *others], GO_ON)
        assert sorted(states(any_workshop)) == [JobState.DONE, JobState.DONE, JobState.RUNNING]

    def test_that_crashes_costs_itself_only(self, any_workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        dataset = any_workshop.dataset()
        any_workshop.upload_all(dataset, **site(4))
        spoil(any_workshop, monkeypatch, lambda number: TaskCrashed(signal_number=11) if number == 1 else None)
        any_workshop.parsing.run(together(any_workshop), GO_ON)
        assert sorted(states(any_workshop)) == [*[JobState.DONE] * 3, JobState.FAILED]
        assert statuses(any_workshop, dataset)["p1.html"] is ShownStatus.ERROR

    def test_over_which_workers_died_is_worked_alone(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        any_workshop.upload_all(dataset, **site(3))
        first, *others = together(any_workshop)
        any_workshop.parsing.run([replace(first, interruptions=SUSPECT), *others], GO_ON)
        assert sorted(states(any_workshop)) == [JobState.DONE, JobState.QUEUED, JobState.QUEUED]

    def test_for_which_there_is_no_room_leaves_the_others_theirs(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        any_workshop.upload_all(dataset, **site(3))
        handler = with_quota(any_workshop, chunks=2)
        handler.run(together(any_workshop), GO_ON)
        assert sorted(states(any_workshop)) == [JobState.DONE, JobState.DONE, JobState.FAILED]
        assert any_workshop.count(Chunk) == 2


class TestAWorkerThatStops:
    def test_keeps_what_is_read_and_hands_the_rest_back(
        self, any_workshop: Workshop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dataset = any_workshop.dataset()
        any_workshop.upload_all(dataset, **site(4))
        read: list[int] = []
        spoil(any_workshop, monkeypatch, read.append)
        monkeypatch.setattr(conversation, "_PIECE", 64)  # no two answers at once, however fast the child is
        any_workshop.parsing.run(together(any_workshop), Signals(stopping=lambda: len(read) >= 2))
        assert states(any_workshop).count(JobState.QUEUED) >= 1
        assert states(any_workshop).count(JobState.DONE) == 4 - states(any_workshop).count(JobState.QUEUED)
        assert all(job.attempt == 0 for job in any_workshop.jobs(kind="file.parse") if job.state == JobState.QUEUED)
        any_workshop.work()
        assert set(statuses(any_workshop, dataset).values()) == {ShownStatus.INDEXED}


def spoil(workshop: Workshop, monkeypatch: pytest.MonkeyPatch, act: Callable[[int], CairnError | None]) -> None:
    """Calls `act` with the number of each outcome; what it gives takes the outcome's place."""
    run_each = workshop.sandbox.run_each

    def spoilt(function: str, payloads: Sequence[bytes], **how: Any) -> Iterator[bytes | CairnError]:
        for number, outcome in enumerate(run_each(function, payloads, **how)):
            instead = act(number)
            yield outcome if instead is None else instead

    monkeypatch.setattr(workshop.sandbox, "run_each", spoilt)


def with_quota(workshop: Workshop, *, chunks: int) -> ParseHandler:
    database, clock = workshop.database, workshop.clock
    book = QuotaBook(read=database.read, clock=clock, everywhere=QuotaLimits(chunks=chunks))
    return replace(workshop.parsing, quotas=Quotas(book, RateLimiter(write=database.write, clock=clock)))
