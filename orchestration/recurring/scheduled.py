"""Recurring tasks whose time has come."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kit.schedules.errors import ScheduleIsBusy
from kit.schedules.types import Due
from orchestration.recurring.errors import RecurringTaskIsNotThere
from orchestration.recurring.models import RecurringTask
from orchestration.recurring.service import RecurringTasks
from orchestration.recurring.types import RECURRING_TASK
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.machine import OVER
from orchestration.tasks.models import Task


@dataclass(frozen=True, slots=True)
class ScheduledTask:
    """Implements the ScheduleKind of recurring tasks. Its subject is one of them."""

    recurring: RecurringTasks

    kind = RECURRING_TASK

    def start(self, session: Session, due: Due) -> str:
        """ScheduleIsBusy while what the last time made is not over: else they would pile up where nobody decides."""
        row = session.get(RecurringTask, due.subject, with_for_update=True, populate_existing=True)
        if row is None:
            raise RecurringTaskIsNotThere(due.subject)
        last = session.get(Task, row.last_task_id) if row.last_task_id else None
        if last is not None and last.status not in OVER:
            raise ScheduleIsBusy(f"task {last.id} of the last time is {last.status}")
        return self.recurring.make(session, row, SYSTEM)
