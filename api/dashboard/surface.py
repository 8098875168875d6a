"""The dashboard's surface: everything under /dashboard/v1, in one envelope, behind a key."""

from __future__ import annotations

from fastapi import APIRouter

from api import envelope
from api.dashboard import events, me, quotas, usage
from api.dashboard.access.router import router as access
from api.dashboard.chat.router import router as chat
from api.dashboard.knowledge_base.router import router as knowledge_base
from api.dashboard.work.router import router as work
from api.dashboard.work.schemas.approvals import SHOWN as SHOWN_APPROVAL
from api.dashboard.work.schemas.statuses import SHOWN
from api.surfaces import Surface, Words
from orchestration.approvals.types import ApprovalStatus
from orchestration.tasks.types import TaskStatus

PREFIX = "/dashboard/v1"

WORDS = Words(statuses={TaskStatus: SHOWN, ApprovalStatus: SHOWN_APPROVAL})
SURFACE = Surface(prefix=PREFIX, render=envelope.render, words=WORDS)

router = APIRouter(prefix=PREFIX)
router.include_router(me.router)
router.include_router(usage.router)
router.include_router(quotas.router)
router.include_router(knowledge_base)
router.include_router(events.router)
router.include_router(access)
router.include_router(work)
router.include_router(chat)
