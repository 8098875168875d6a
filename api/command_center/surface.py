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
from api.command_center.schemas.statuses import SHOWN
from api.surfaces import Surface, Words
from orchestration.tasks.types import TaskStatus

PREFIX = "/api/v1"
FIELDS = {
    "selectedOption": "option",
    "personId": "person_id",
    "agentRole": "specialist",
    "assigneeId": "assignee_id",
}
WORDS = Words(statuses={TaskStatus: SHOWN}, fields=FIELDS)
SURFACE = Surface(prefix=PREFIX, render=envelope.render, words=WORDS)

router = APIRouter(prefix=PREFIX)
for resource in (
    projects, tasks, decisions, interventions, comments, blockers, approvals, events,
    chat, conversations, memories, chat_socket,
):  # fmt: skip
    router.include_router(resource.router)
