"""How long building takes here, told from the builds of late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.files.models import FileGeneration

RECENT = 200
UNKNOWN_PACE = 30.0
"""Chunks a second before anything was built: what ONNX Runtime does on two cores (ADR 0004)."""


def estimated_seconds(session: Session, tenant_id: str, *, chunks: int) -> float:
    """For building this many chunks, at the pace of the tenant's last builds."""
    wanted = (
        select(FileGeneration.created_at, FileGeneration.activated_at, FileGeneration.chunks_count)
        .where(FileGeneration.tenant_id == tenant_id, FileGeneration.activated_at.is_not(None))
        .order_by(FileGeneration.activated_at.desc())
        .limit(RECENT)
    )
    built = [(created, activated, count) for created, activated, count in session.execute(wanted)]
    busy = busy_seconds((created, activated) for created, activated, _ in built if activated is not None)
    pace = sum(count for *_, count in built) / busy if busy > 0 else UNKNOWN_PACE
    return chunks / max(pace, 0.1)


def busy_seconds(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """The time that the spans cover together; what overlaps counts once, what lies between them not at all."""
    covered, until = 0.0, None
    for start, end in sorted(spans):
        begins = start if until is None or start > until else until
        if end > begins:
            covered += (end - begins).total_seconds()
            until = end
    return covered
