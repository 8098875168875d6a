"""The workspaces' surface: paths at the root, in snake_case and an envelope of its own."""

from __future__ import annotations

from fastapi import APIRouter

from api.surfaces import Surface, Words
from api.workspaces import approvals, envelope, schedules, tokens, workspaces
from api.workspaces.schemas.approvals import SHOWN
from orchestration.approvals.types import ApprovalStatus

PREFIXES = ("/workspaces", "/admin", "/approvals")
WORDS = Words(
    statuses={ApprovalStatus: SHOWN},
    fields={"cron": "expression", "timeZone": "timezone", "selectedOption": "option"},
)
SURFACES = tuple(Surface(prefix=prefix, render=envelope.render, words=WORDS) for prefix in PREFIXES)

router = APIRouter()
router.include_router(workspaces.router)
router.include_router(tokens.router)
router.include_router(schedules.router)
router.include_router(approvals.router)
