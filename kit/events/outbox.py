"""Events are written in the transaction of the change that they tell of: both are there, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from kit.db.database import before_commit
from kit.events.models import Event
from kit.events.types import Happened, NewEvent

KEEP = timedelta(days=1)

_FORGET_EVERY = 500
"""Events between two times that old ones are dropped, by whoever writes the last of them."""

_PENDING = "cairn_events"
_LOCK_ID = 0x63616972_6E657674  # "cairnevt": any constant that nothing else in the database uses


def publish(session: Session, event: NewEvent, *, at: datetime) -> None:
    """Have the event written as the session's transaction commits. For a session of `Database.write`."""
    pending: list[dict[str, Any]] = session.info.setdefault(_PENDING, [])
    if not pending:
        before_commit(session, _write)
    pending.append(
        {
            "at": at,
            "type": event.type,
            "tenant_id": event.tenant_id,
            "dataset_id": event.dataset_id,
            "topic": event.topic,
            "data": dict(event.data),
        }
    )


def _write(session: Session) -> None:
    """The last statements of a transaction. On PostgreSQL, where several commit at the same time, one with events waits
    for the one before: else a reader could see a later id first and never look back for the earlier one. Nothing is
    locked after this lock, so it is part of no deadlock."""
    pending = session.info.pop(_PENDING)
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:id)"), {"id": _LOCK_ID})
    session.execute(insert(Event), pending)
    if newest(session) % _FORGET_EVERY < len(pending):
        forget(session, before=max(event["at"] for event in pending) - KEEP)


def newest(session: Session) -> int:
    """The id of the newest event; 0 where there was none."""
    return session.scalar(select(func.max(Event.id))) or 0


def oldest(session: Session) -> int | None:
    """The id of the oldest event that is kept; None where there is none."""
    return session.scalar(select(func.min(Event.id)))


def after(session: Session, event_id: int, *, limit: int) -> Sequence[Happened]:
    """The next events of all tenants, in order."""
    wanted = select(Event).where(Event.id > event_id).order_by(Event.id).limit(limit)
    return [_happened(row) for row in session.scalars(wanted)]


def of_tenant_after(session: Session, tenant_id: str, event_id: int, *, limit: int) -> Sequence[Happened]:
    wanted = select(Event).where(Event.tenant_id == tenant_id, Event.id > event_id).order_by(Event.id).limit(limit)
    return [_happened(row) for row in session.scalars(wanted)]


def of_dataset_since(session: Session, dataset_id: str, event_type: str, since: datetime) -> Sequence[Happened]:
    wanted = select(Event).where(Event.dataset_id == dataset_id, Event.at >= since, Event.type == event_type)
    return [_happened(row) for row in session.scalars(wanted.order_by(Event.id))]


def forget(session: Session, *, before: datetime) -> int:
    """Drop what is older. Returns how many there were."""
    result = session.execute(delete(Event).where(Event.at < before).execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it


def _happened(row: Event) -> Happened:
    return Happened(row.id, row.at, row.type, row.tenant_id, row.dataset_id, row.topic, row.data)
