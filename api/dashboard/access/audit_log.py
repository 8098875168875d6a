"""/dashboard/v1/audit-log: who did what, from where, with which key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Query
from starlette.responses import StreamingResponse

from api.dashboard.access.schemas.audit_log import AuditLogEntry, AuditLogPage
from api.deps import PageDep, Reader, RuntimeDep
from api.envelope import errors
from api.fields import Since, Until
from identity.audit.acts import note_read
from identity.audit.types import AuditFilter
from identity.types import Principal
from kit.errors import Forbidden
from orchestration.runtime import Runtime

router = APIRouter(prefix="/audit-log", tags=["Access: audit log"])

_LINES = "application/x-ndjson"


def _filter(
    *,
    entity_type: Annotated[str | None, Query(alias="filter[entityType]", max_length=64)] = None,
    entity_id: Annotated[str | None, Query(alias="filter[entityId]", max_length=64)] = None,
    user_id: Annotated[str | None, Query(alias="filter[userId]", max_length=64)] = None,
    action: Annotated[str | None, Query(alias="filter[action]", max_length=64)] = None,
    since: Annotated[Since | None, Query(alias="filter[startDate]")] = None,
    until: Annotated[Until | None, Query(alias="filter[endDate]")] = None,
) -> AuditFilter:
    """Dates are included; a plain date means the whole day."""
    return AuditFilter(
        entity_type=_storable(entity_type), entity_id=_storable(entity_id), user_id=_storable(user_id),
        action=_storable(action), since=since, until=until,
    )  # fmt: skip


def _storable(word: str | None) -> str | None:
    """What no database can hold is not in it either."""
    return None if word is None else word.replace("\x00", "\ufffd")


FilterDep: TypeAlias = Annotated[AuditFilter, Depends(_filter)]


@router.get(
    "", operation_id="dashboardAuditLogList", summary="Page through the audit log",
    responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_audit_log(principal: Reader, runtime: RuntimeDep, wanted: FilterDep, page: PageDep) -> AuditLogPage:
    """Newest first. Administrators see the tenant's, others what they did themselves. Not for keys that are held to an
    agent role or to certain datasets: what was done before may name what they do not see any more."""
    _check_may_look(principal)
    runtime.reads.flush()
    with runtime.database.read() as session:
        found = runtime.audit_log.list(session, principal, wanted, page)
    note_read("audit_log", entries=len(found.items))
    return AuditLogPage.of(found, limit=page.limit)


@router.get(
    "/export", operation_id="dashboardAuditLogExport", summary="Download the audit log",
    response_class=StreamingResponse,
    responses={
        **errors(400, 401, 403, 503),
        200: {"description": "One entry a line, oldest first", "content": {_LINES: {"schema": {"type": "string"}}}},
    },
)  # fmt: skip
def export_audit_log(principal: Reader, runtime: RuntimeDep, wanted: FilterDep) -> StreamingResponse:
    """Shows what the list shows. Each line is an entry as the list gives it, as JSON."""
    _check_may_look(principal)
    runtime.reads.flush()
    note_read("audit_log", export=True)
    return StreamingResponse(
        _lines(runtime, principal, wanted),
        media_type=_LINES,
        headers={"Content-Disposition": 'attachment; filename="audit-log.jsonl"'},
    )


def _check_may_look(principal: Principal) -> None:
    if principal.is_narrowed:
        raise Forbidden(
            f"key {principal.name!r} is for an agent or for certain datasets and does not see the audit log"
        )


def _lines(runtime: Runtime, principal: Principal, wanted: AuditFilter) -> Iterator[str]:
    with runtime.database.read() as session:
        for entry in runtime.audit_log.all(session, principal, wanted):
            yield AuditLogEntry.of(entry).model_dump_json(by_alias=True) + "\n"
