"""When a cron expression comes round, in a time zone with its changes of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from kit.schedules.errors import InvalidSchedule

_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_EXAMPLE = "such as `30 2 * * 1` for Mondays at half past two"


@dataclass(frozen=True, slots=True)
class Timetable:
    """As Debian's cron has it: a fixed time that a change of the clock skips comes right after the gap, one that a
    change repeats comes once; what comes every so many minutes or hours is not moved."""

    cron: str
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        """InvalidSchedule for what is no cron expression of five fields, never comes, or names no zone."""
        if len(self._expression.split()) != 5:
            raise InvalidSchedule("cron", f"{self.cron[:100]!r} has not five fields; write a cron {_EXAMPLE}")
        zone = self._zone()
        try:
            next(CronSim(self._expression, datetime(2026, 1, 1, tzinfo=zone)))
        except StopIteration as error:
            raise InvalidSchedule("cron", f"{self.cron!r} never comes") from error
        except CronSimError as error:
            message = f"{self.cron[:100]!r} is no cron expression ({error}); write one {_EXAMPLE}"
            raise InvalidSchedule("cron", message) from error

    @property
    def _expression(self) -> str:
        return _NAMED.get(self.cron.strip().lower(), self.cron.strip())

    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise InvalidSchedule(
                "timeZone", f"{self.time_zone[:60]!r} is no time zone; name one such as Europe/Berlin"
            ) from error

    def next_after(self, moment: datetime) -> datetime:
        """The first time strictly after the moment, in UTC."""
        found: datetime = next(CronSim(self._expression, moment.astimezone(self._zone())))
        return found.astimezone(UTC)
