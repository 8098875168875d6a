"""The command center's surface: /api/v1, in snake_case and an envelope of its own."""

from __future__ import annotations

from fastapi import APIRouter

from api.command_center import (
    approvals,
    blockers,
    chat,
    chat_socket,
    comments,
    conversations,
    decisions,
    envelope,
    events,
    interventions,
    memories,
    projects,
    tasks,
)
from api.surfaces import Surface

PREFIX = "/api/v1"
SURFACE = Surface(prefix=PREFIX, render=envelope.render)

router = APIRouter(prefix=PREFIX)
for resource in (
    projects, tasks, decisions, interventions, comments, blockers, approvals, events,
    chat, conversations, memories, chat_socket,
):  # fmt: skip
    router.include_router(resource.router)
