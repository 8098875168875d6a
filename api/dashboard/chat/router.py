"""Conversations with the assistant."""

from __future__ import annotations

from fastapi import APIRouter

from api.dashboard.chat import conversations, memories, messages

router = APIRouter(prefix="/chat")
for resource in (messages, conversations, memories):
    router.include_router(resource.router)
