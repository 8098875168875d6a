"""Notifications as whoever is told sees them: listed, counted, marked as read; and those that callers write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from kit.errors import Forbidden
from orchestration.notifications import repository
from orchestration.notifications.errors import NobodyToTell, NotificationIsNotThere, UnknownRecipient
from orchestration.notifications.models import Notification
from orchestration.notifications.telling import tell
from orchestration.notifications.types import NewNotification, NotificationQuery, NotificationType, NotificationView
from orchestration.tasks.actors import actor_of, seen_by
from orchestration.tasks.service import need
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Notifications:
    """All methods take the caller's session and leave committing to it. Everybody sees and marks their own alone,
    administrators too."""

    names: DatasetNames
    clock: Clock

    def list(
        self, session: Session, principal: Principal, query: NotificationQuery, *, limit: int, offset: int
    ) -> tuple[Sequence[NotificationView], int]:
        """Newest first, and how many there are in all."""
        rows, total = repository.page_of(session, self._mine(session, principal), query, limit=limit, offset=offset)
        return [_view(row, principal) for row in rows], total

    def unread(self, session: Session, principal: Principal) -> int:
        return repository.unread(session, self._mine(session, principal))

    def read_all(self, session: Session, principal: Principal) -> int:
        """How many were unread."""
        wanted = update(Notification).where(self._mine(session, principal), Notification.read_at.is_(None))
        marked = wanted.values(read_at=self.clock.now()).execution_options(synchronize_session=False)
        return int(session.execute(marked).rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it

    def mark(self, session: Session, principal: Principal, notification_id: str, *, is_read: bool) -> NotificationView:
        """NotificationIsNotThere, also for somebody else's."""
        row = repository.held(session, self._mine(session, principal), notification_id)
        if row is None:
            raise NotificationIsNotThere(notification_id)
        if is_read != (row.read_at is not None):
            row.read_at = self.clock.now() if is_read else None
            session.flush()
        return _view(row, principal)

    def create(
        self, session: Session, principal: Principal, new: NewNotification, *, number: int | None = None
    ) -> NotificationView:
        """For the person of that number, else for the caller; what an agent writes without naming anybody is for the
        tenant's administrators, and the first of their notifications is returned. UnknownRecipient, NobodyToTell."""
        need(principal, Scope.WRITE)
        if principal.dataset_ids is not None and principal.agent_role is None:
            raise Forbidden(f"key {principal.name!r} is held to some datasets, and a notification is about none")
        author = actor_of(session, principal)
        recipients = self._recipients(session, principal, author, number)
        rows = tell(session, principal.tenant_id, recipients, new, author, at=self.clock.now())
        return _view(rows[0], principal)

    @staticmethod
    def _recipients(session: Session, principal: Principal, author: Actor, number: int | None) -> Sequence[Actor]:
        if number is not None:
            found = repository.person(session, principal.tenant_id, number)
            if found is None:
                raise UnknownRecipient(number)
            return [found]
        if author.kind is not ActorKind.AGENT:
            return [author]
        administrators = repository.administrators(session, principal.tenant_id)
        if not administrators:
            raise NobodyToTell
        return administrators

    def _mine(self, session: Session, principal: Principal) -> ColumnElement[bool]:
        return repository.for_reader(sight_of(session, principal, self.names), actor_of(session, principal))


def _view(row: Notification, reader: Principal) -> NotificationView:
    return NotificationView(
        id=row.id,
        title=row.title,
        message=row.message,
        type=NotificationType(row.type),
        source=row.source,
        link=row.link,
        created_by=seen_by(reader, Actor(ActorKind(row.created_by_kind), row.created_by_id, row.created_by_name)),
        created_at=row.created_at,
        read_at=row.read_at,
    )
