"""How a notification is written: in the transaction of what it tells of, a row for each who is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kit.ids import new_id
from orchestration.notifications import repository
from orchestration.notifications.models import Notification
from orchestration.notifications.types import KEEP, NewNotification
from orchestration.tasks.types import Actor


def tell(
    session: Session, tenant_id: str, recipients: Sequence[Actor], new: NewNotification, author: Actor, *, at: datetime
) -> Sequence[Notification]:
    """The rows, in the order of the recipients. Texts that are too long for a notification are cut."""
    rows = [_row(tenant_id, recipient, new, author, at) for recipient in recipients]
    session.add_all(rows)
    session.flush()
    for row in rows:
        repository.forget(session, row, before=at - KEEP)
    return rows


def _row(tenant_id: str, recipient: Actor, new: NewNotification, author: Actor, at: datetime) -> Notification:
    return Notification(
        id=new_id(),
        tenant_id=tenant_id,
        recipient_kind=recipient.kind,
        recipient_id=recipient.id[:64],
        dataset_id=new.dataset_id,
        type=new.type,
        title=new.title[:300],
        message=new.message,
        source=new.source[:64],
        link=new.link,
        created_by_kind=author.kind,
        created_by_id=author.id[:64],
        created_by_name=author.name[:200],
        created_at=at,
    )
