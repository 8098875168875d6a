"""What people and agents work on together."""

from __future__ import annotations

from fastapi import APIRouter

from api.dashboard.work import activities, agents, approvals, interventions, recurring_tasks

router = APIRouter()
for resource in (activities, interventions, agents, approvals, recurring_tasks):
    router.include_router(resource.router)
