from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.db.database import Database
from tests.clock import FrozenClock
from tests.unit.orchestration.runs.floor import Floor, opened


@pytest.fixture
def floor(any_database: Database, clock: FrozenClock) -> Iterator[Floor]:
    with opened(any_database, clock) as found:
        yield found
