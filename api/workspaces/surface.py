"""The workspaces' surface: paths at the root, in snake_case and an envelope of its own."""

from __future__ import annotations

from fastapi import APIRouter

from api.surfaces import Surface
from api.workspaces import envelope, schedules, tokens, workspaces

PREFIXES = ("/workspaces", "/admin")
SURFACES = tuple(Surface(prefix=prefix, render=envelope.render) for prefix in PREFIXES)

router = APIRouter()
router.include_router(workspaces.router)
router.include_router(tokens.router)
router.include_router(schedules.router)
