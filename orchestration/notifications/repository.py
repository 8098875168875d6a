"""Rows of notifications, and of those who may be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, false, func, select
from sqlalchemy.orm import Session

from identity.models import Membership, User
from identity.types import Role, ScopeKind
from orchestration.notifications.models import Notification
from orchestration.notifications.types import NotificationQuery
from orchestration.tasks.sight import Sight
from orchestration.tasks.types import Actor, ActorKind

_FORGET_AT_ONCE = 50


def for_reader(sight: Sight, reader: Actor) -> ColumnElement[bool]:
    """The reader's own, and of those what is about no dataset that is gone or not for the caller. A workspace's token
    sees none: an agent may work in several, and each is closed to the others."""
    if sight.principal.workspace_id is not None:
        return false()
    return and_(
        sight.within(Notification.tenant_id, Notification.dataset_id),
        Notification.recipient_kind == reader.kind,
        Notification.recipient_id == reader.id[:64],
    )


def page_of(
    session: Session, mine: ColumnElement[bool], query: NotificationQuery, *, limit: int, offset: int
) -> tuple[Sequence[Notification], int]:
    """Newest first, and how many there are in all."""
    conditions = [mine]
    if query.is_read is not None:
        conditions.append(Notification.read_at.is_not(None) if query.is_read else Notification.read_at.is_(None))
    if query.type is not None:
        conditions.append(Notification.type == query.type)
    total = session.scalar(select(func.count()).select_from(Notification).where(*conditions)) or 0
    wanted = select(Notification).where(*conditions).order_by(Notification.id.desc()).limit(limit).offset(offset)
    return list(session.scalars(wanted)), total


def held(session: Session, mine: ColumnElement[bool], notification_id: str) -> Notification | None:
    """The row, kept from others until the transaction ends."""
    return session.scalar(select(Notification).where(mine, Notification.id == notification_id).with_for_update())


def unread(session: Session, mine: ColumnElement[bool]) -> int:
    wanted = select(func.count()).select_from(Notification).where(mine, Notification.read_at.is_(None))
    return session.scalar(wanted) or 0


def forget(session: Session, row: Notification, *, before: datetime) -> None:
    """Drops some of its recipient's that are older. What another transaction is dropping is left to it, so that two
    who tell the same people never wait for each other."""
    old = select(Notification.id).where(
        Notification.tenant_id == row.tenant_id,
        Notification.recipient_kind == row.recipient_kind,
        Notification.recipient_id == row.recipient_id,
        Notification.created_at < before,
    )
    ids = list(session.scalars(old.order_by(Notification.id).limit(_FORGET_AT_ONCE).with_for_update(skip_locked=True)))
    if ids:
        gone = delete(Notification).where(Notification.id.in_(ids))
        session.execute(gone.execution_options(synchronize_session=False))


def administrators(session: Session, tenant_id: str) -> Sequence[Actor]:
    """People who are there and administer the tenant, in the order of their ids."""
    wanted = (
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(User.tenant_id == tenant_id, User.deactivated_at.is_(None))
        .where(Membership.scope_type == ScopeKind.TENANT, Membership.scope_id == tenant_id)
        .where(Membership.role == Role.ADMIN)
    )
    return [Actor(ActorKind.HUMAN, row.id, row.name) for row in session.execute(wanted.order_by(User.id))]


def person(session: Session, tenant_id: str, number: int) -> Actor | None:
    """Somebody who is there, by the number that the platform's surface gives people."""
    wanted = select(User).where(User.tenant_id == tenant_id, User.number == number, User.deactivated_at.is_(None))
    row = session.scalar(wanted)
    return None if row is None else Actor(ActorKind.HUMAN, row.id, row.name)
