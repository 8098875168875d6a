from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.sandbox.draft_task import Counting, rehearsal
from ingest.sandbox.sandbox import Sandbox
from kit.db.database import Database
from tests.clock import FrozenClock
from tests.unit.ingest.workshop import Workshop
from tests.unit.retrieval.embedding.tiny_bert import write_tiny_bert


@pytest.fixture(scope="session")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Counting:
    return Counting(write_tiny_bert(tmp_path_factory.mktemp("model")) / "tokenizer.json", special_tokens=2)


@pytest.fixture(scope="session")
def drafting_sandbox(counting: Counting) -> Iterator[Sandbox]:
    with Sandbox(preload=["ingest.parsers.plain_text"], prepare=[rehearsal(counting)]) as running:
        yield running


@pytest.fixture
def workshop(
    database: Database, clock: FrozenClock, tmp_path: Path, drafting_sandbox: Sandbox, counting: Counting
) -> Workshop:
    return Workshop(database, clock, tmp_path / "files", drafting_sandbox, counting)


@pytest.fixture
def any_workshop(
    any_database: Database, clock: FrozenClock, tmp_path: Path, drafting_sandbox: Sandbox, counting: Counting
) -> Workshop:
    """The same test on both kinds of database."""
    return Workshop(any_database, clock, tmp_path / "files", drafting_sandbox, counting)
