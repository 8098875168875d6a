"""What of a request goes into the audit trail beside its changes, which record themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from starlette.types import Scope

from api.routes import UNMATCHED
from api.surfaces import request_id
from identity.audit.acts import Act
from identity.audit.trail import Deed
from identity.types import Principal

_UNREMARKABLE = ("/status", "/mcp")
"""Endings of routes that show no content, or whose calls are recorded one by one."""


def act_of(scope: Scope, principal: Principal) -> Act:
    client = scope.get("client")
    return Act.of(principal, ip=client[0] if client else None, request_id=request_id(scope))


def deeds_of(scope: Scope, act: Act, status: int, now: datetime) -> list[Deed]:
    """What a successful request read: what it said itself, else the thing that its path names. A request that could
    have changed something and did not is recorded as called."""
    if status >= 400:
        return []
    if act.notes:
        return [Deed(act, now, "read", note.entity_type, note.entity_id, note.metadata) for note in act.notes]
    template = _template(scope)
    if template.endswith(_UNREMARKABLE):
        return []
    if scope["method"] in {"GET", "HEAD"}:
        entity = _named_by(scope.get("path_params") or {})
        return [] if entity is None else [Deed(act, now, "read", *entity, {"route": template})]
    return [] if act.changes else [Deed(act, now, "called", "operation", scope["method"], {"route": template})]


def _template(scope: Scope) -> str:
    route = scope.get("route")
    return str(getattr(route, "path_format", None) or getattr(route, "path", UNMATCHED))


def _named_by(parameters: Mapping[str, str]) -> tuple[str, str] | None:
    """The last id in the path: `fileId` of /datasets/{datasetId}/files/{fileId}."""
    named = [(name, value) for name, value in parameters.items() if name.lower().endswith("id")]
    if not named:
        return None
    name, value = named[-1]
    return name[:-2].rstrip("_").lower() or "item", str(value)
