"""Builds that several begin at the same time, on the database that locks rows one by one."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.exc import DBAPIError

from ingest.datasets.types import DatasetChange
from ingest.files.jobs import PARSE_QUEUE
from ingest.files.types import FileChange
from ingest.sandbox.draft_task import Counting
from ingest.sandbox.sandbox import Sandbox
from kit.db.database import Database
from tests.clock import FrozenClock
from tests.postgres import await_waiting
from tests.unit.ingest.workshop import Workshop


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
