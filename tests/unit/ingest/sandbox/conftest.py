from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.sandbox.sandbox import Sandbox
from tests.unit.ingest.sandbox.misbehaviour import TASKS


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(tasks=TASKS, preload=[]) as running:
        yield running
