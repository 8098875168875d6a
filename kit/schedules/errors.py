"""What can be wrong about a schedule."""

from __future__ import annotations

from kit.errors import Conflict, Detail, Invalid


class InvalidSchedule(Invalid):
    code = "INVALID_SCHEDULE"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, details=[Detail(field, message)])


class ScheduleIsBusy(Conflict):
    """What a schedule would start has not ended since the last time: this time is left out."""

    code = "SCHEDULE_BUSY"
