"""A simulated year: exactly the runs that cron says, whatever restarts, however many beats."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kit.db.database import Database
from kit.schedules.errors import InvalidSchedule, ScheduleIsBusy
from kit.schedules.models import ScheduleRun
from kit.schedules.scheduler import Scheduler, Schedules
from kit.schedules.types import Due, NewSchedule, RunOutcome, Trigger
from tests.clock import FrozenClock
from tests.sampling import some

TENANT = "01J00000000000000000000000"
START = datetime(2026, 1, 1, tzinfo=UTC)


class Bell:
    """A kind of schedule that remembers what it was asked to start."""

    kind = "bell"

    def __init__(self) -> None:
        self.rung: list[tuple[str, datetime]] = []
        self.is_busy = False

    def start(self, session: Session, due: Due) -> str:
        if self.is_busy:
            raise ScheduleIsBusy("still ringing")
        self.rung.append((due.subject, due.due_at))
        return f"ring-{len(self.rung)}"


@pytest.fixture
def year_clock(clock: FrozenClock) -> FrozenClock:
    clock.set(START)
    return clock


def put(database: Database, clock: FrozenClock, subject: str, cron: str, *, zone: str = "UTC", jitter: int = 0) -> None:
    wanted = NewSchedule(TENANT, "bell", subject, Trigger.CRON, cron, zone, jitter)
    with database.write() as session:
        Schedules(clock).put(session, wanted)


def runs(database: Database, clock: FrozenClock, subject: str) -> list[ScheduleRun]:
    """Oldest first."""
    with database.read() as session:
        return list(reversed(Schedules(clock).runs(session, "bell", subject, limit=100_000)))


def said_by_cron(cron: str, zone: str, end: datetime) -> Iterator[datetime]:
    """Worked out minute by minute from the fields and the zone's clock, with Debian's rules for changes of the clock:
    no use of the library that the scheduler has."""
    minutes, hours, _, _, weekdays = cron.split()
    is_fixed = "*" not in minutes and "*" not in hours
    place = ZoneInfo(zone)
    seen: set[datetime] = set()
    moment, before = START, (START - timedelta(minutes=1)).astimezone(place).replace(tzinfo=None)
    while moment <= end:
        local = moment.astimezone(place).replace(tzinfo=None)
        skipped = []
        step = before + timedelta(minutes=1)
        while is_fixed and step < local and local - step < timedelta(hours=3):
            skipped.append(step)
            step += timedelta(minutes=1)
        wanted = any(_matches(minutes, hours, weekdays, one) for one in (*skipped, local))
        if wanted and not (is_fixed and local in seen) and moment > START:
            yield moment
        seen.add(local)
        before = local
        moment += timedelta(minutes=1)


def _matches(minutes: str, hours: str, weekdays: str, local: datetime) -> bool:
    return _has(minutes, local.minute) and _has(hours, local.hour) and _has(weekdays, local.isoweekday() % 7)


def _has(field: str, value: int) -> bool:
    if field.startswith("*/"):
        return value % int(field[2:]) == 0
    return field == "*" or str(value) in field.split(",")


class TestAYear:
    @pytest.mark.parametrize(
        ("zone", "cron"),
        some(
            [
                ("Europe/Berlin", "30 2 * * *"),
                ("America/New_York", "15,45 */6 * * *"),
                ("Australia/Lord_Howe", "10 2 * * 0,3"),
            ]
        ),
    )
    def test_has_exactly_the_runs_that_cron_says(
        self, database: Database, year_clock: FrozenClock, zone: str, cron: str
    ) -> None:
        chosen = random.Random(f"{zone}{cron}")  # noqa: S311 - moments of restarts, no secret
        bell = Bell()
        put(database, year_clock, "a", cron, zone=zone)
        end = START + timedelta(days=365)
        beats = [Scheduler(database=database, clock=year_clock, kinds=[bell]) for _ in range(3)]
        while year_clock.now() < end:
            is_away = chosen.random() < 0.03  # a night without electricity
            if is_away or chosen.random() < 0.05:  # a restart: nothing is known but what the rows say
                beats = [Scheduler(database=database, clock=year_clock, kinds=[bell]) for _ in range(3)]
            pause = chosen.uniform(6, 60) if is_away else chosen.uniform(0.5, 12)
            year_clock.set(min(end, year_clock.now() + timedelta(hours=pause)))
            for beat in chosen.sample(beats, k=chosen.randint(1, 3)):
                beat.tick()
        recorded = runs(database, year_clock, "a")
        assert [run.due_at for run in recorded] == list(said_by_cron(cron, zone, end))
        started = [run.due_at for run in recorded if run.outcome == RunOutcome.STARTED]
        assert started == [due for _, due in bell.rung]
        assert {run.outcome for run in recorded} <= {RunOutcome.STARTED, RunOutcome.COALESCED}


class TestATick:
    def test_starts_a_time_once_however_many_beats_there_are(
        self, any_database: Database, year_clock: FrozenClock
    ) -> None:
        bell = Bell()
        for number in range(12):
            put(any_database, year_clock, f"s{number}", "0 * * * *")
        beats = [Scheduler(database=any_database, clock=year_clock, kinds=[bell]) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            for hour in range(1, 4):
                year_clock.set(START + timedelta(hours=hour, seconds=5))
                list(pool.map(lambda beat: beat.tick(), beats))
                beats[0].tick()
        assert len(bell.rung) == len(set(bell.rung)) == 36

    def test_leaves_out_a_time_while_the_last_one_is_busy_and_says_so(
        self, database: Database, year_clock: FrozenClock
    ) -> None:
        bell = Bell()
        put(database, year_clock, "a", "0 * * * *")
        beat = Scheduler(database=database, clock=year_clock, kinds=[bell])
        for hour, is_busy in ((1, False), (2, True), (3, False)):
            bell.is_busy = is_busy
            year_clock.set(START + timedelta(hours=hour))
            beat.tick()
        assert [(run.outcome, run.detail) for run in runs(database, year_clock, "a")] == [
            (RunOutcome.STARTED, None), (RunOutcome.BUSY, "still ringing"), (RunOutcome.STARTED, None)
        ]  # fmt: skip

    def test_makes_one_run_of_those_that_nobody_was_there_for(
        self, database: Database, year_clock: FrozenClock
    ) -> None:
        bell = Bell()
        put(database, year_clock, "a", "* * * * *")
        beat = Scheduler(database=database, clock=year_clock, kinds=[bell])
        year_clock.set(START + timedelta(minutes=1300))
        while beat.tick() == 0:
            pass
        recorded = runs(database, year_clock, "a")
        assert len(recorded) == 1300
        assert bell.rung == [("a", START + timedelta(minutes=1300))]

    def test_waits_for_its_jitter_and_no_longer(self, database: Database, year_clock: FrozenClock) -> None:
        bell = Bell()
        for number in range(20):
            put(database, year_clock, f"s{number}", "0 6 * * *", jitter=600)
        beat = Scheduler(database=database, clock=year_clock, kinds=[bell])
        counts = []
        for minute in range(11):
            year_clock.set(START + timedelta(hours=6, minutes=minute))
            beat.tick()
            counts.append(len(bell.rung))
        assert 0 <= counts[0] < 10 < counts[-2] <= counts[-1] == 20
        assert {due for _, due in bell.rung} == {START + timedelta(hours=6)}

    def test_records_what_could_not_be_started(self, database: Database, year_clock: FrozenClock) -> None:
        class Broken(Bell):
            def start(self, session: Session, due: Due) -> str:
                raise InvalidSchedule("subject", "there is no such bell")

        put(database, year_clock, "a", "0 * * * *")
        year_clock.set(START + timedelta(hours=1))
        assert Scheduler(database=database, clock=year_clock, kinds=[Broken()]).tick() == 0
        assert [run.outcome for run in runs(database, year_clock, "a")] == [RunOutcome.FAILED]


class TestAChange:
    def test_counts_from_now_on(self, database: Database, year_clock: FrozenClock) -> None:
        put(database, year_clock, "a", "0 1 * * *")
        year_clock.set(START + timedelta(hours=2))
        put(database, year_clock, "a", "0 3 * * *")
        bell = Bell()
        beat = Scheduler(database=database, clock=year_clock, kinds=[bell])
        beat.tick()
        assert bell.rung == []
        year_clock.set(START + timedelta(hours=3))
        beat.tick()
        assert bell.rung == [("a", START + timedelta(hours=3))]

    def test_that_changes_nothing_does_not_lose_what_is_due(self, database: Database, year_clock: FrozenClock) -> None:
        put(database, year_clock, "a", "0 1 * * *")
        year_clock.set(START + timedelta(hours=2))
        put(database, year_clock, "a", "0 1 * * *")
        assert Scheduler(database=database, clock=year_clock, kinds=[Bell()]).tick() == 1

    def test_to_manual_ends_it_and_removal_leaves_nothing(self, database: Database, year_clock: FrozenClock) -> None:
        put(database, year_clock, "a", "0 1 * * *")
        year_clock.set(START + timedelta(hours=1))
        Scheduler(database=database, clock=year_clock, kinds=[Bell()]).tick()
        with database.write() as session:
            view = Schedules(year_clock).put(session, NewSchedule(TENANT, "bell", "a", Trigger.MANUAL))
        assert view.next_at is None
        with database.write() as session:
            Schedules(year_clock).remove(session, "bell", "a")
            assert session.scalars(select(ScheduleRun)).all() == []
