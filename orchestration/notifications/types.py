"""The vocabulary of notifications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from orchestration.tasks.types import Actor

KEEP = timedelta(days=90)
"""After which a notification is dropped, read or not."""


class NotificationType(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class NewNotification:
    """`link` is a path of this server or an address of the web. `dataset_id`: who may not see that dataset does not see
    the notification, whoever it was for."""

    title: str
    message: str
    type: NotificationType = NotificationType.INFO
    source: str = ""
    link: str | None = None
    dataset_id: str | None = None


@dataclass(frozen=True, slots=True)
class NotificationQuery:
    """None is no condition."""

    is_read: bool | None = None
    type: NotificationType | None = None


@dataclass(frozen=True, slots=True)
class NotificationView:
    id: str
    title: str
    message: str
    type: NotificationType
    source: str
    link: str | None
    created_by: Actor
    created_at: datetime
    read_at: datetime | None
