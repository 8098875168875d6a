from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kit.schedules.cron import Timetable
from kit.schedules.errors import InvalidSchedule


def times(cron: str, zone: str, start: str, count: int) -> list[str]:
    """The next ones, on the zone's clock."""
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC)
    found = []
    for _ in range(count):
        moment = Timetable(cron, zone).next_after(moment)
        found.append(moment.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M%z"))
    return found


class TestATimetable:
    def test_goes_by_the_clock_of_its_zone(self) -> None:
        assert times("30 9 * * 1", "Asia/Kolkata", "2026-01-01", 2) == ["01-05 09:30+0530", "01-12 09:30+0530"]

    def test_comes_after_the_gap_where_the_clock_is_put_forward(self) -> None:
        assert times("30 2 * * *", "Europe/Berlin", "2026-03-28", 3) == [
            "03-28 02:30+0100", "03-29 03:00+0200", "03-30 02:30+0200"
        ]  # fmt: skip

    def test_comes_once_where_the_clock_is_put_back(self) -> None:
        assert times("30 2 * * *", "Europe/Berlin", "2026-10-24", 3) == [
            "10-24 02:30+0200", "10-25 02:30+0200", "10-26 02:30+0100"
        ]  # fmt: skip

    def test_keeps_its_rhythm_where_it_comes_every_half_hour(self) -> None:
        assert times("*/30 * * * *", "America/New_York", "2026-11-01T05:10:00", 4) == [
            "11-01 01:30-0400", "11-01 01:00-0500", "11-01 01:30-0500", "11-01 02:00-0500"
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "name", ["@daily", "@weekly", "@monthly", "@hourly", "@yearly", "0 0 L * *", "0 4 * * MON#1"]
    )
    def test_knows_the_usual_names(self, name: str) -> None:
        assert Timetable(name).next_after(datetime(2026, 1, 1, tzinfo=UTC)) > datetime(2026, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("cron", "zone", "field"),
        [
            ("61 * * * *", "UTC", "cron"),
            ("* * * *", "UTC", "cron"),
            ("* * * * * *", "UTC", "cron"),
            ("0 0 31 2 *", "UTC", "cron"),
            ("every day", "UTC", "cron"),
            ("0 0 * * *", "Mars/Olympus", "timeZone"),
            ("0 0 * * *", "../etc/passwd", "timeZone"),
            ("0 0 * * *", "", "timeZone"),
        ],
    )
    def test_refuses_what_never_comes(self, cron: str, zone: str, field: str) -> None:
        with pytest.raises(InvalidSchedule) as caught:
            Timetable(cron, zone)
        assert caught.value.details[0].field == field
