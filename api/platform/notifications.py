"""/api/notifications: what the caller is told. Everybody has their own."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, Field

from api.deps import Reader, RuntimeDep, Writer
from api.fields import NO_COERCION, STORABLE, Flag
from api.platform.envelope import Body, Done, Item, Many, Record, done, errors, many
from orchestration.notifications.types import NewNotification, NotificationQuery, NotificationType, NotificationView

router = APIRouter(prefix="/notifications", tags=["Platform: notifications"])

_LINK = re.compile(r"https?://[^\s\\\x00-\x1f]+|/(?![/\\])[^\s\\\x00-\x1f]*")


def _safe_link(link: str) -> str:
    """Whoever is told may follow it with a click, so that it may be no script."""
    if not _LINK.fullmatch(link):
        raise ValueError("should begin with https:// or http://, or be a path of this server that begins with /")
    return link


class NewNotificationBody(Body):
    title: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S"), STORABLE]
    message: Annotated[str, Field(min_length=1, max_length=10_000, pattern=r"\S"), STORABLE]
    type: NotificationType = NotificationType.INFO
    source: Annotated[str, Field(max_length=64), STORABLE] = ""
    link: Annotated[str, Field(max_length=2000), STORABLE, AfterValidator(_safe_link)] | None = None
    user_id: Annotated[int, Field(ge=1, le=2**31 - 1), NO_COERCION] | None = Field(
        None, description="Whom it is for; left out: the caller, and the tenant's administrators where an agent writes"
    )


class ReadState(Body):
    read: Flag


class NotificationRecord(Record):
    id: str
    title: str
    message: str
    type: NotificationType
    source: str
    link: str | None
    read: bool
    read_at: datetime | None
    created_by: str = Field(description="Name of a person, role of an agent, or Cairn")
    created_at: datetime

    @classmethod
    def of(cls, view: NotificationView) -> NotificationRecord:
        return cls(
            id=view.id, title=view.title, message=view.message, type=view.type, source=view.source, link=view.link,
            read=view.read_at is not None, read_at=view.read_at, created_by=view.created_by.name,
            created_at=view.created_at,
        )  # fmt: skip


class UnreadCount(Record):
    count: int


@router.get(
    "", operation_id="platformNotificationsList", summary="List notifications", responses=errors(400, 401, 403, 503)
)
def list_notifications(
    principal: Reader,
    runtime: RuntimeDep,
    *,
    read: Annotated[Literal["true", "false"] | None, Query()] = None,
    type_: Annotated[NotificationType | None, Query(alias="type")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Many[NotificationRecord]:
    """The caller's own, newest first, of the last ninety days."""
    query = NotificationQuery(is_read=None if read is None else read == "true", type=type_)
    with runtime.database.read() as session:
        views, total = runtime.teamwork.notifications.list(session, principal, query, limit=limit, offset=offset)
    return many([NotificationRecord.of(view) for view in views], limit=limit, offset=offset, total=total)


@router.post(
    "", operation_id="platformNotificationsCreate", status_code=201, summary="Create a notification",
    responses=errors(400, 401, 403, 409, 413, 503),
)  # fmt: skip
def create_notification(body: NewNotificationBody, principal: Writer, runtime: RuntimeDep) -> Item[NotificationRecord]:
    """For the caller, or for whom `user_id` names. What an agent writes without naming anybody is for the tenant's
    administrators: each gets one of their own, and one of them is returned."""
    new = NewNotification(body.title, body.message, body.type, body.source, body.link)
    with runtime.database.write() as session:
        view = runtime.teamwork.notifications.create(session, principal, new, number=body.user_id)
    return Item(data=NotificationRecord.of(view))


@router.get(
    "/unread-count", operation_id="platformNotificationsUnreadCount", summary="Get unread notification count",
    responses=errors(401, 403, 503),
)  # fmt: skip
def count_unread(principal: Reader, runtime: RuntimeDep) -> Item[UnreadCount]:
    with runtime.database.read() as session:
        return Item(data=UnreadCount(count=runtime.teamwork.notifications.unread(session, principal)))


@router.patch(
    "/read-all", operation_id="platformNotificationsReadAll", summary="Mark all notifications as read",
    responses=errors(401, 403, 503),
)  # fmt: skip
def read_all(principal: Reader, runtime: RuntimeDep) -> Done:
    with runtime.database.write() as session:
        count = runtime.teamwork.notifications.read_all(session, principal)
    return done("All notifications are read", updated=count)


@router.patch(
    "/{id}", operation_id="platformNotificationsUpdate", summary="Mark a notification as read or unread",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def mark_notification(
    notification_id: Annotated[str, Path(alias="id", pattern=r"^[!-~]{1,64}$", description="Id of a notification")],
    body: ReadState,
    principal: Reader,
    runtime: RuntimeDep,
) -> Item[NotificationRecord]:
    with runtime.database.write() as session:
        view = runtime.teamwork.notifications.mark(session, principal, notification_id, is_read=body.read)
    return Item(data=NotificationRecord.of(view))
