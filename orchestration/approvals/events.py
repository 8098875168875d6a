"""What those who watch are told of approvals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from kit.events.outbox import publish
from kit.events.types import NewEvent
from orchestration.approvals.models import Approval

APPROVAL_CREATED = "approval_created"
APPROVAL_EXPIRING = "approval_expiring"
APPROVAL_RESOLVED = "approval_resolved"


def topic_of(approval_id: str) -> str:
    return f"approval:{approval_id}"


def _tell(session: Session, row: Approval, type_: str, data: Mapping[str, str | float], at: datetime) -> None:
    about = {"approvalId": row.id, **data}
    publish(session, NewEvent(type_, row.tenant_id, about, row.dataset_id, topic_of(row.id)), at=at)


def tell_created(session: Session, row: Approval) -> None:
    data = {"type": row.type, "riskLevel": row.risk, "title": row.title}
    _tell(session, row, APPROVAL_CREATED, data, row.created_at)


def tell_expiring(session: Session, row: Approval, *, at: datetime) -> None:
    """Hours are rounded up: one that is left is not none."""
    hours = max(0, -int(-(row.expires_at - at).total_seconds() // 3600))
    data: dict[str, str | float] = {"expiresAt": row.expires_at.isoformat().replace("+00:00", "Z"), "hoursLeft": hours}
    _tell(session, row, APPROVAL_EXPIRING, data, at)


def tell_resolved(session: Session, row: Approval, *, at: datetime) -> None:
    _tell(session, row, APPROVAL_RESOLVED, {"status": row.status}, at)
