"""/api/activity-log: the audit trail, as the platform shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from api.deps import Reader, RuntimeDep
from api.fields import STORABLE
from api.platform.envelope import Body, Item, Many, Record, errors, many
from identity.audit.acts import Act, note_read
from identity.audit.trail import Deed
from identity.audit.types import AuditEntry, AuditFilter
from identity.types import Principal
from kit.errors import Forbidden

router = APIRouter(prefix="/activity-log", tags=["Platform: activity log"])

_SHOWN = 1000
Word = Annotated[str, Field(min_length=1, max_length=64), STORABLE]


class NewActivity(Body):
    actor_type: Literal["agent", "system", "user"]
    actor_id: Word
    action: Word
    entity_type: Word | None = None
    entity_id: Word | None = None
    metadata: dict[str, Any] = Field(default_factory=dict, max_length=50)


class Activity(Record):
    id: str
    actor_type: str
    actor_id: str
    action: str
    entity_type: str | None
    entity_id: str | None
    metadata: dict[str, Any]
    created_at: datetime

    @classmethod
    def of(cls, entry: AuditEntry) -> Activity:
        return cls(
            id=entry.id,
            actor_type=entry.actor_type,
            actor_id=entry.actor_id,
            action=entry.action,
            entity_type=entry.entity_type or None,
            entity_id=entry.entity_id or None,
            metadata=dict(entry.metadata),
            created_at=entry.at,
        )


class ActivityStats(Record):
    total: int
    by_action: dict[str, int]


@router.get(
    "", operation_id="platformActivityLogList", summary="List recent activities", responses=errors(400, 401, 403, 503)
)
def list_activities(
    principal: Reader,
    runtime: RuntimeDep,
    *,
    actor_type: Annotated[Literal["agent", "system", "user"] | None, Query()] = None,
    actor_id: Annotated[str | None, Query(max_length=64, pattern=r"^[!-~]*$")] = None,
    action: Annotated[str | None, Query(max_length=64, pattern=r"^[!-~]*$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Many[Activity]:
    """Newest first, of the last thousand. Administrators see the tenant's, others their own."""
    _check_may_look(principal)
    runtime.reads.flush()
    wanted = AuditFilter(actor_type=actor_type, user_id=actor_id, action=action)
    with runtime.database.read() as session:
        entries = runtime.audit_log.newest(session, principal, wanted, limit=_SHOWN)
    note_read("audit_log", entries=len(entries[offset : offset + limit]))
    return many([Activity.of(entry) for entry in entries], limit=limit, offset=offset)


@router.post(
    "", operation_id="platformActivityLogCreate", status_code=201, summary="Create a new activity record",
    responses=errors(400, 401, 403, 413, 503),
)  # fmt: skip
def create_activity(body: NewActivity, principal: Reader, runtime: RuntimeDep) -> Item[Activity]:
    """Recorded as said by the caller: the trail keeps who sent it beside whom it names, so that nobody can speak as
    somebody else."""
    _check_may_look(principal)
    act = Act.of(principal)
    said = {"actor_type": body.actor_type, "actor_id": body.actor_id, **body.metadata}
    deed = Deed(act, runtime.clock.now(), body.action, body.entity_type or "", body.entity_id or "", said)
    with runtime.database.write() as session:
        entry = runtime.trail.record(session, [deed])[0]
    return Item(data=Activity.of(entry))


@router.get(
    "/stats", operation_id="platformActivityLogStats", summary="Activity summary statistics",
    responses=errors(401, 403, 503),
)  # fmt: skip
def activity_stats(principal: Reader, runtime: RuntimeDep) -> Item[ActivityStats]:
    _check_may_look(principal)
    with runtime.database.read() as session:
        counts = runtime.audit_log.counts(session, principal)
    return Item(data=ActivityStats(total=sum(count for _, count in counts), by_action=dict(counts)))


def _check_may_look(principal: Principal) -> None:
    if principal.is_narrowed:
        raise Forbidden(f"key {principal.name!r} is for an agent or for certain datasets and does not see the log")
