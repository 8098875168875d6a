"""Requests that change a file and end its work, beside a worker that has that work in hand: neither waits for the other
for ever, on the database that locks rows one by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.exc import DBAPIError

from ingest.files.jobs import PARSE_QUEUE
from ingest.files.models import File
from ingest.files.types import FileChange, FileStatus
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


def delete(workshop: Workshop, dataset_id: str, file_id: str) -> None:
    with workshop.database.write() as session:
        workshop.file_service.delete(session, workshop.caller, dataset_id, file_id)


def replace(workshop: Workshop, dataset_id: str, _file_id: str) -> None:
    workshop.upload(dataset_id, "a.txt", "other words")


def switch_off_and_build(workshop: Workshop, dataset_id: str, file_id: str) -> None:
    with workshop.database.write() as session:
        change = FileChange(enabled=False, re_ingest=True)
        workshop.file_service.change(session, workshop.caller, dataset_id, file_id, change)


@pytest.mark.parametrize("request_", [delete, replace, switch_off_and_build])
def test_a_request_waits_for_the_worker_before_it_takes_the_file(
    workshop: Workshop, request_: Callable[[Workshop, str, str], None]
) -> None:
    dataset_id = workshop.dataset()
    file_id = workshop.upload(dataset_id, "a.txt", "words of a").id
    (claim,) = workshop.claim(PARSE_QUEUE)
    failed: list[DBAPIError] = []

    def ask() -> None:
        try:
            request_(workshop, dataset_id, file_id)
        except DBAPIError as error:
            failed.append(error)

    asking = Thread(target=ask)
    with workshop.database.write() as session:
        workshop.queue.hold(session, claim)
        asking.start()
        await_waiting(workshop.database)
        session.get_one(File, file_id).status = FileStatus.PARSING
        session.flush()
    asking.join()
    assert not failed
