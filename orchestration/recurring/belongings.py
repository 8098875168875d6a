"""What goes with a dataset."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kit.schedules.scheduler import Schedules
from orchestration.recurring.models import RecurringTask
from orchestration.recurring.types import RECURRING_TASK


@dataclass(frozen=True, slots=True)
class RecurringOfDataset:
    """Implements the Belongings of a dataset's removal: nothing is asked about it any more."""

    schedules: Schedules

    def remove(self, session: Session, dataset_id: str) -> None:
        for row in session.scalars(select(RecurringTask).where(RecurringTask.dataset_id == dataset_id)).all():
            self.schedules.remove(session, RECURRING_TASK, row.id)
            session.delete(row)
