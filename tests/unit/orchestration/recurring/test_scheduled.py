"""Recurring tasks as time goes by: each time once, none while the last is open, none while switched off."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.datasets.gate import Gate
from kit.db.database import Database
from kit.pagination import PageRequest
from kit.schedules.scheduler import Scheduler, Schedules
from kit.schedules.types import RunOutcome, Trigger
from orchestration.recurring.scheduled import ScheduledTask
from orchestration.recurring.service import RecurringTasks
from orchestration.recurring.types import RECURRING_TASK, NewRecurringTask, RecurringChange, Variable
from orchestration.tasks.types import ActorKind, TaskQuery, TaskStatus, TaskView
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office

DAILY = NewRecurringTask(
    "Daily", "briefing", "What is new about {{topic}}?", ActorKind.AGENT, "researcher", Trigger.CRON, cron="0 8 * * *",
    variables=[Variable("topic", "Topic", required=True)], values={"topic": "ovens {{topic}}"},
)  # fmt: skip


class Calendar:
    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.clock, self.office, self.schedules = clock, Office(database, clock), Schedules(clock)
        self.recurring = RecurringTasks(self.office.desk.tasks, Gate(), self.schedules, clock)
        self.scheduler = Scheduler(database=database, clock=clock, kinds=[ScheduledTask(self.recurring)])
        clock.set(datetime(2026, 3, 1, 7, 0, tzinfo=UTC))
        with database.write() as session:
            self.id = self.recurring.create(session, self.office.admin, DAILY).id

    def tasks(self) -> list[TaskView]:
        with self.office.database.read() as session:
            page = self.office.desk.tasks.list(session, self.office.admin, TaskQuery(), PageRequest(50))
        return list(page.items)

    def outcomes(self) -> list[str]:
        """Oldest first."""
        with self.office.database.read() as session:
            return [one.outcome for one in self.schedules.runs(session, RECURRING_TASK, self.id, limit=50)][::-1]

    def change(self, change: RecurringChange) -> None:
        with self.office.database.write() as session:
            self.recurring.change(session, self.office.admin, self.id, change)


@pytest.fixture
def calendar(any_database: Database, clock: FrozenClock) -> Calendar:
    return Calendar(any_database, clock)


class TestARecurringTask:
    def test_is_made_when_its_time_comes_and_only_once(self, calendar: Calendar) -> None:
        assert calendar.scheduler.tick() == 0
        calendar.clock.advance(hours=1)
        assert (calendar.scheduler.tick(), calendar.scheduler.tick()) == (1, 0)
        (task,) = calendar.tasks()
        assert (task.title, task.prompt) == ("Daily", "What is new about ovens {{topic}}?")
        assert calendar.office.jobs(task.id) == 1

    def test_waits_for_what_the_last_time_made(self, calendar: Calendar) -> None:
        for _ in range(2):
            calendar.clock.advance(hours=25)
            calendar.scheduler.tick()
        (task,) = calendar.tasks()
        calendar.office.move(task.id, TaskStatus.IN_PROGRESS, TaskStatus.DONE)
        calendar.clock.advance(hours=25)
        calendar.scheduler.tick()
        assert len(calendar.tasks()) == 2
        assert [one for one in calendar.outcomes() if one != RunOutcome.COALESCED] == [
            RunOutcome.STARTED, RunOutcome.BUSY, RunOutcome.STARTED,
        ]  # fmt: skip

    def test_does_not_come_while_it_is_off_nor_is_made_up_for(self, calendar: Calendar) -> None:
        calendar.change(RecurringChange(is_active=False))
        calendar.clock.advance(days=3)
        assert calendar.scheduler.tick() == 0
        calendar.change(RecurringChange(is_active=True))
        assert calendar.scheduler.tick() == 0
        calendar.clock.advance(days=1)
        assert calendar.scheduler.tick() == 1
        assert len(calendar.tasks()) == 1

    def test_is_not_made_without_its_values_and_says_so(self, calendar: Calendar) -> None:
        calendar.change(RecurringChange(values={"topic": None}))
        calendar.clock.advance(hours=2)
        assert calendar.scheduler.tick() == 0
        assert (calendar.tasks(), calendar.outcomes()) == ([], [RunOutcome.FAILED])
        with calendar.office.database.read() as session:
            (run,) = calendar.schedules.runs(session, RECURRING_TASK, calendar.id, limit=5)
        assert "values are missing for topic" in (run.detail or "")
