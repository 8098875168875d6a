"""Writes the trail: changes in the transaction that makes them, everything else in one of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from identity.audit.acts import Act, current_act
from identity.audit.chain import append, take_turn, verify
from identity.audit.changes import collect, collected
from identity.audit.log import entry_of
from identity.audit.models import AuditEvent, AuditHead
from identity.audit.types import AuditEntry, Json, Verdict
from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from kit.redaction import redact_text


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done that changed no row, such as a read or a refused sign-in."""

    act: Act
    at: datetime
    action: str
    entity_type: str
    entity_id: str
    details: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Trail:
    clock: Clock

    def watch(self, database: Database) -> None:
        """From now on every change that is made in somebody's name is recorded in its own transaction: either both
        are there or neither."""
        database.before_flush(self._look)
        database.before_commit(self._record_changes)

    @staticmethod
    def _look(session: Session) -> None:
        if current_act() is not None:
            collect(session)

    def _record_changes(self, session: Session) -> None:
        act = current_act()
        if act is None:
            return
        session.flush()
        changes = collected(session)
        if not changes:
            return
        head, now = take_turn(session, act.tenant_id), self.clock.now()
        for change in changes:
            event = _event(act, now, change.action, change.entity_type, change.entity_id)
            event.changes = change.fields
            append(session, head, event)
        session.flush()
        act.changes += len(changes)

    def record(self, session: Session, deeds: Sequence[Deed]) -> Sequence[AuditEntry]:
        """In the order given; each tenant's chain is held until the transaction ends."""
        written: list[AuditEvent] = []
        for tenant_id in sorted({deed.act.tenant_id for deed in deeds}):
            head = take_turn(session, tenant_id)
            for deed in deeds:
                if deed.act.tenant_id == tenant_id:
                    event = _event(deed.act, deed.at, deed.action, deed.entity_type, deed.entity_id)
                    event.details = dict(deed.details)
                    append(session, head, event)
                    written.append(event)
        session.flush()
        return [entry_of(event) for event in written]

    @staticmethod
    def verify(session: Session, tenant_id: str, *, known_head: str | None = None) -> Verdict:
        """See identity.audit.chain."""
        return verify(session, tenant_id, known_head=known_head)

    @staticmethod
    def tenants(session: Session) -> Sequence[str]:
        """Those that have a trail."""
        return list(session.scalars(select(AuditHead.tenant_id)))

    def let_go(self, session: Session, tenant_id: str, *, before: datetime) -> int:
        """Removes entries older than `before` from the beginning of the chain. The rest still shows tampering, for the
        chain's beginning is noted. Returns how many are gone."""
        head = take_turn(session, tenant_id)
        kept = session.execute(
            select(AuditEvent.seq, AuditEvent.previous_hash)
            .where(AuditEvent.tenant_id == tenant_id, AuditEvent.at >= before)
            .order_by(AuditEvent.seq)
            .limit(1)
        ).one_or_none()
        first, previous = (kept.seq, kept.previous_hash) if kept else (head.seq + 1, head.hash)
        gone = first - head.first_seq
        if gone <= 0:
            return 0
        session.execute(delete(AuditEvent).where(AuditEvent.tenant_id == tenant_id, AuditEvent.seq < first))
        head.first_seq, head.first_previous_hash = first, previous
        session.flush()
        return gone


def _event(act: Act, at: datetime, action: str, entity_type: str, entity_id: str) -> AuditEvent:
    return AuditEvent(
        id=new_id(),
        tenant_id=act.tenant_id,
        at=at,
        actor_type=act.actor_type,
        actor_id=act.actor_id[:64],
        actor_name=redact_text(act.actor_name)[:200],
        key_id=act.key_id,
        action=action[:64],
        entity_type=entity_type[:64],
        entity_id=entity_id[:64],
        changes=None,
        details={},
        ip=None if act.ip is None else act.ip[:64],
        request_id=act.request_id,
    )
