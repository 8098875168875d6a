"""Who may ask: keys, the team, and what everybody did."""

from __future__ import annotations

from fastapi import APIRouter

from api.dashboard.access import audit_log, clients, keys, team

router = APIRouter()
for resource in (keys, team, clients, audit_log):
    router.include_router(resource.router)
