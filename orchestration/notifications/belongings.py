"""What goes with a dataset."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from orchestration.notifications.models import Notification


class NotificationsOfDataset:
    """Implements the Belongings of a dataset's removal: they quote what was said about it."""

    @staticmethod
    def remove(session: Session, dataset_id: str) -> None:
        gone = delete(Notification).where(Notification.dataset_id == dataset_id)
        session.execute(gone.execution_options(synchronize_session=False))
