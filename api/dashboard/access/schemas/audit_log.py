"""The audit log as the dashboard receives it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from api.fields import ResponseBody
from identity.audit.types import ActorType, AuditEntry
from kit.pagination import Page


class FieldChange(ResponseBody):
    """A field's value before and after; credentials show as `[redacted]`."""

    from_: Any = Field(alias="from", description="Null for what was created")
    to: Any


class AuditLogEntry(ResponseBody):
    model_config = ConfigDict(title="AuditLogEntry")

    id: str
    entity_type: str = Field(description="Such as `dataset`, `file`, `access_key`, `user`, `search`")
    entity_id: str = Field(description="Empty where it was about more than one thing")
    action: str = Field(description="Such as `created`, `updated`, `deleted`, `revoked`, `read`")
    actor_type: ActorType
    actor_id: str
    actor_name: str
    changes: dict[str, FieldChange] | None = Field(description="By field; null where nothing was changed")
    ip: str | None
    created_on: datetime
    key_id: str | None = Field(description="The key or session that was used")
    request_id: str | None = Field(description="As in `X-Request-Id` and in Cairn's log")
    metadata: dict[str, Any]
    hash: str = Field(description="Covers this entry and the hash of the one before")

    @classmethod
    def of(cls, entry: AuditEntry) -> AuditLogEntry:
        changes = None
        if entry.changes is not None:
            changes = {name: FieldChange(from_=c["from"], to=c["to"]) for name, c in entry.changes.items()}
        return cls(
            id=entry.id,
            entity_type=entry.entity_type,
            entity_id=entry.entity_id,
            action=entry.action,
            actor_type=entry.actor_type,
            actor_id=entry.actor_id,
            actor_name=entry.actor_name,
            changes=changes,
            ip=entry.ip,
            created_on=entry.at,
            key_id=entry.key_id,
            request_id=entry.request_id,
            metadata=dict(entry.metadata),
            hash=entry.hash,
        )


class AuditPagination(ResponseBody):
    limit: int
    next_cursor: str | None = Field(description="Give it as `cursor` to get the next page; null on the last one")
    has_more: bool


class AuditLogPage(ResponseBody):
    data: list[AuditLogEntry]
    pagination: AuditPagination

    @classmethod
    def of(cls, page: Page[AuditEntry], *, limit: int) -> AuditLogPage:
        pagination = AuditPagination(limit=limit, next_cursor=page.next_cursor, has_more=page.next_cursor is not None)
        return cls(data=[AuditLogEntry.of(entry) for entry in page.items], pagination=pagination)
