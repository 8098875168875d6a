"""Time as a collaborator, so that tests can hold it still."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present, in UTC, aware."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)
