"""Builds that several begin at the same time, on the database that locks rows one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.exc import DBAPIError

from identity.quota_book import QuotaBook
from identity.quota_limits import QuotaLimits
from identity.quotas import Quotas
from identity.rates import RateLimiter
from ingest.datasets.types import DatasetChange
from ingest.files.jobs import BUILDING, PARSE, PARSE_QUEUE
from ingest.files.repository import hold_originals
from ingest.files.types import FileChange
from ingest.pipeline.parsing import ParseHandler
from ingest.sandbox.draft_task import Counting
from ingest.sandbox.sandbox import Sandbox
from kit.db.database import Database
from kit.jobs.types import Claim, JobState
from tests.clock import FrozenClock
from tests.postgres import await_waiting
from tests.unit.ingest.workshop import GO_ON, Workshop


@pytest.fixture
def workshop(
    pg_database: Database, clock: FrozenClock, tmp_path: Path, drafting_sandbox: Sandbox, counting: Counting
) -> Workshop:
    return Workshop(pg_database, clock, tmp_path / "files", drafting_sandbox, counting)


def test_are_of_different_numbers(workshop: Workshop) -> None:
    dataset_id = workshop.dataset()
    file_id = workshop.indexed(dataset_id, "a.txt", "words of a")
    reindexing = _Reindexing(workshop, dataset_id)
    with workshop.database.write() as session:
        workshop.file_service.change(session, workshop.caller, dataset_id, file_id, FileChange(re_ingest=True))
        reindexing.start()
        await_waiting(workshop.database)
    reindexing.join()
    assert not reindexing.failed
    workshop.work()
    assert workshop.view(dataset_id, file_id).status == "indexed"


def test_do_not_wait_for_a_worker_that_waits_for_them(workshop: Workshop) -> None:
    dataset_id = workshop.dataset()
    first, second = (workshop.upload(dataset_id, name, f"words of {name}") for name in ("a.txt", "b.txt"))
    workshop.upload(dataset_id, "a.txt", "other words")  # its job is now the younger one
    with workshop.database.write() as session:
        change = DatasetChange(chunk_size=256, chunk_overlap=0)
        workshop.datasets.configure(session, workshop.caller, dataset_id, change)
    claims = sorted(workshop.claim(PARSE_QUEUE), key=lambda claim: claim.id)
    assert [claim.subject for claim in claims] == [second.id, first.id]
    reindexing = _Reindexing(workshop, dataset_id)
    with workshop.database.write() as session:
        workshop.queue.hold(session, claims[0])
        reindexing.start()
        await_waiting(workshop.database)
        workshop.queue.hold(session, claims[1])
    reindexing.join()
    assert not reindexing.failed


def test_do_not_wait_for_an_upload_that_waits_for_them(workshop: Workshop) -> None:
    dataset_id = workshop.dataset()
    file_id = workshop.upload(dataset_id, "a.txt", "words of a").id
    reindexing = _Reindexing(workshop, dataset_id)
    with workshop.database.write() as session:
        hold_originals(session, workshop.caller.tenant_id)  # as whoever begins a build does before all else
        reindexing.start()
        await_waiting(workshop.database)
        workshop.queue.cancel(session, subject=file_id, kinds=BUILDING)
    reindexing.join()
    assert not reindexing.failed


def test_do_not_wait_for_a_bounded_tenants_parsing_that_waits_for_them(workshop: Workshop) -> None:
    dataset_id = workshop.dataset()
    file_id = workshop.upload(dataset_id, "a.txt", "words of a").id
    book = QuotaBook(read=workshop.database.read, clock=workshop.clock, everywhere=QuotaLimits(chunks=9))
    quotas = Quotas(book, RateLimiter(write=workshop.database.write, clock=workshop.clock))
    parsing = _Parsing(replace(workshop.parsing, quotas=quotas), workshop.claim(PARSE_QUEUE))
    with workshop.database.write() as session:
        hold_originals(session, workshop.caller.tenant_id)
        parsing.start()
        await_waiting(workshop.database)
        workshop.queue.cancel(session, subject=file_id, kinds=BUILDING)
    parsing.join()
    assert not parsing.failed
    assert [job.state for job in workshop.jobs(kind=PARSE)] == [JobState.CANCELLED]


class _Parsing(Thread):
    """`failed` holds what the database did not let it do."""

    def __init__(self, handler: ParseHandler, claims: Sequence[Claim]) -> None:
        super().__init__()
        self._handler, self._claims = handler, claims
        self.failed: list[DBAPIError] = []

    def run(self) -> None:
        try:
            self._handler.run(self._claims, GO_ON)
        except DBAPIError as error:
            self.failed.append(error)


class _Reindexing(Thread):
    """In a transaction of its own; `failed` holds what the database did not let it do."""

    def __init__(self, workshop: Workshop, dataset_id: str) -> None:
        super().__init__()
        self._workshop, self._dataset_id = workshop, dataset_id
        self.failed: list[DBAPIError] = []

    def run(self) -> None:
        try:
            with self._workshop.database.write() as session:
                self._workshop.datasets.reindex(session, self._workshop.caller, self._dataset_id)
        except DBAPIError as error:
            self.failed.append(error)
