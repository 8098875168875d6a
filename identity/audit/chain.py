"""The chain: each entry's hash covers the one before, so that a changed, missing or inserted entry shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.audit.models import AuditEvent, AuditHead
from identity.audit.types import Verdict

BEGINNING = "0" * 64
_SLICE = 1000
_MOST_FAULTS = 20


def take_turn(session: Session, tenant_id: str) -> AuditHead:
    """The tenant's head, held until the transaction ends. Take it last: whoever holds it makes others wait."""
    head = session.get(AuditHead, tenant_id, with_for_update=True, populate_existing=True)
    if head is not None:
        return head
    new = AuditHead(tenant_id=tenant_id, seq=0, hash=BEGINNING, first_seq=1, first_previous_hash=BEGINNING)
    try:
        with session.begin_nested():
            session.add(new)
            session.flush()
    except IntegrityError:  # another process began the chain at the same moment
        head = session.get(AuditHead, tenant_id, with_for_update=True, populate_existing=True)
        if head is None:
            raise
        return head
    return new


def append(session: Session, head: AuditHead, event: AuditEvent) -> None:
    """Puts the event behind the head."""
    event.seq = head.seq + 1
    event.previous_hash = head.hash
    event.hash = hash_of(event)
    head.seq, head.hash = event.seq, event.hash
    session.add(event)


def hash_of(event: AuditEvent) -> str:
    """SHA-256 over the fields as canonical JSON, the hash before among them."""
    fields = [
        event.previous_hash, event.id, event.tenant_id, event.seq, event.at.isoformat(), event.actor_type,
        event.actor_id, event.actor_name, event.key_id, event.action, event.entity_type, event.entity_id,
        event.changes, event.details, event.ip, event.request_id,
    ]  # fmt: skip
    text = json.dumps(fields, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(session: Session, tenant_id: str, *, known_head: str | None = None) -> Verdict:
    """Reads the whole chain. `known_head` is a head noted earlier, `seq:hash`: it must still be in its place."""
    head = session.get(AuditHead, tenant_id)
    if head is None:
        gone = [] if known_head is None else [f"the chain is gone, but its head was {known_head}"]
        return Verdict(tenant_id, 0, f"0:{BEGINNING}", gone)
    faults: list[str] = []
    seq, previous, entries = head.first_seq - 1, head.first_previous_hash, 0
    known_seq, _, known_hash = (known_head or "").partition(":")
    for event in _in_order(session, tenant_id):
        faults += _faults_of(event, seq=seq + 1, previous=previous)
        if known_seq == str(event.seq) and event.hash != known_hash:
            faults.append(f"entry {event.seq} has another hash than the head noted earlier")
        seq, previous, entries = event.seq, event.hash, entries + 1
        if len(faults) >= _MOST_FAULTS:
            break
    else:
        if (seq, previous) != (head.seq, head.hash):
            faults.append(f"the newest entry is {seq}, but the chain was written up to {head.seq}")
        if known_seq.isdecimal() and int(known_seq) > seq:
            faults.append(f"the newest entry is {seq}, but {known_seq} was noted earlier")
    return Verdict(tenant_id, entries, f"{head.seq}:{head.hash}", faults)


def _faults_of(event: AuditEvent, *, seq: int, previous: str) -> list[str]:
    if event.seq != seq:
        return [f"entry {seq} is missing; {event.seq} comes next"]
    if event.previous_hash != previous:
        return [f"entry {event.seq} does not follow the one before it"]
    if event.hash != hash_of(event):
        return [f"entry {event.seq} was changed"]
    return []


def _in_order(session: Session, tenant_id: str) -> Iterator[AuditEvent]:
    seq = 0
    while True:
        wanted = select(AuditEvent).where(AuditEvent.tenant_id == tenant_id, AuditEvent.seq > seq)
        events = list(session.scalars(wanted.order_by(AuditEvent.seq).limit(_SLICE)))
        yield from events
        if len(events) < _SLICE:
            return
        seq = events[-1].seq
        session.expunge_all()
