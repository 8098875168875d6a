from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.db.database import Database
from tests.clock import FrozenClock
from tests.unit.orchestration.chat.room import Room, opened


@pytest.fixture
def room(any_database: Database, clock: FrozenClock) -> Iterator[Room]:
    with opened(any_database, clock) as found:
        yield found
