"""The trail as it is read: pages of it, all of it, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from identity.audit.models import AuditEvent
from identity.audit.types import ActorType, AuditEntry, AuditFilter
from identity.types import Principal, Scope
from kit.pagination import Page, PageRequest, encode_cursor

_SLICE = 500


class AuditLog:
    """A manager whose key is not narrowed sees the tenant's trail, others what they did themselves."""

    @staticmethod
    def list(session: Session, principal: Principal, wanted: AuditFilter, page: PageRequest) -> Page[AuditEntry]:
        """Newest first."""
        conditions = [*_readable(principal), *_conditions(wanted)]
        if page.after is not None:
            conditions.append(AuditEvent.seq < _seq(page.after))
        query = select(AuditEvent).where(*conditions).order_by(AuditEvent.seq.desc()).limit(page.limit + 1)
        rows = list(session.scalars(query))
        shown = rows[: page.limit]
        cursor = encode_cursor(str(shown[-1].seq)) if len(rows) > page.limit else None
        return Page([entry_of(row) for row in shown], cursor)

    @staticmethod
    def all(session: Session, principal: Principal, wanted: AuditFilter) -> Iterator[AuditEntry]:
        """Oldest first, read in slices: for an export of any length."""
        seq = 0
        while True:
            query = select(AuditEvent).where(*_readable(principal), *_conditions(wanted), AuditEvent.seq > seq)
            rows = list(session.scalars(query.order_by(AuditEvent.seq).limit(_SLICE)))
            yield from (entry_of(row) for row in rows)
            if len(rows) < _SLICE:
                return
            seq = rows[-1].seq

    @staticmethod
    def newest(session: Session, principal: Principal, wanted: AuditFilter, *, limit: int) -> Sequence[AuditEntry]:
        query = select(AuditEvent).where(*_readable(principal), *_conditions(wanted))
        return [entry_of(row) for row in session.scalars(query.order_by(AuditEvent.seq.desc()).limit(limit))]

    @staticmethod
    def of_key(
        session: Session, tenant_id: str, key_id: str, wanted: AuditFilter, *, limit: int
    ) -> Sequence[AuditEntry]:
        """What was done with a key, newest first, for a caller who was found to have the right to see it."""
        query = select(AuditEvent).where(
            AuditEvent.tenant_id == tenant_id, AuditEvent.key_id == key_id, *_conditions(wanted)
        )
        return [entry_of(row) for row in session.scalars(query.order_by(AuditEvent.seq.desc()).limit(limit))]

    @staticmethod
    def counts(session: Session, principal: Principal) -> Sequence[tuple[str, int]]:
        """How often each action stands in it, most often first."""
        query = select(AuditEvent.action, func.count()).where(*_readable(principal)).group_by(AuditEvent.action)
        return sorted(((row[0], int(row[1])) for row in session.execute(query)), key=lambda pair: (-pair[1], pair[0]))


def _readable(principal: Principal) -> list[ColumnElement[bool]]:
    mine = [AuditEvent.tenant_id == principal.tenant_id]
    if principal.may(Scope.MANAGE) and not principal.is_narrowed:
        return mine
    if principal.user_id is not None and not principal.is_narrowed:
        return [*mine, AuditEvent.actor_id == principal.user_id]
    return [*mine, AuditEvent.key_id == principal.key_id]


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    equal = {
        AuditEvent.entity_type: wanted.entity_type,
        AuditEvent.entity_id: wanted.entity_id,
        AuditEvent.actor_id: wanted.user_id,
        AuditEvent.actor_type: wanted.actor_type,
        AuditEvent.action: wanted.action,
        AuditEvent.key_id: wanted.key_id,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    if wanted.since is not None:
        conditions.append(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(AuditEvent.at <= wanted.until)
    return conditions


def _seq(key: str) -> int:
    return int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0


def entry_of(row: AuditEvent) -> AuditEntry:
    """A row as it is read."""
    return AuditEntry(
        id=row.id,
        tenant_id=row.tenant_id,
        seq=row.seq,
        at=row.at,
        actor_type=ActorType(row.actor_type),
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        key_id=row.key_id,
        action=row.action,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        changes=row.changes,
        metadata=row.details,
        ip=row.ip,
        request_id=row.request_id,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
