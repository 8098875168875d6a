"""What answers of the command center hold. The document that it follows leaves shapes open: these are those chosen."""

from __future__ import annotations

from typing import Any

from tests.api.dashboard.work.shapes import APPROVAL_TYPE, MOMENT, RISK, ListOf, Nullable

BASE = "/api/v1"
TASKS, PROJECTS = f"{BASE}/tasks", f"{BASE}/projects"
ASKED: dict[str, Any] = {"title": "Brief", "instructions": "Who made the oven?", "specialist": "adros_deployer"}

STATUS = {
    "created", "assigned", "in_progress", "review", "waiting", "blocked", "paused", "failed", "completed", "reassigned",
    "closed",
}  # fmt: skip
WHO = {"type": {"human", "agent", "system"}, "id": str, "name": str}
PROJECT = {
    "id": str, "slug": str, "name": str, "status": {"active", "paused", "archived"}, "task_count": int,
    "created_at": MOMENT,
}  # fmt: skip
TASK = {
    "id": str, "project_id": str, "project_name": str, "parent_task_id": Nullable(str), "dataset_id": Nullable(str),
    "task_type": str, "title": str, "description": str, "instructions": str, "status": STATUS,
    "priority": {"critical", "high", "medium", "low"}, "specialist": Nullable(str), "assignee": Nullable(WHO),
    "needs_approval": bool, "approval_id": Nullable(str), "wake_reason": Nullable(str), "feedback": Nullable(str),
    "cost_usd": float, "created_at": MOMENT, "updated_at": MOMENT, "started_at": Nullable(MOMENT),
    "completed_at": Nullable(MOMENT),
}  # fmt: skip
COMMENT = {
    "id": str, "type": {"comment", "intervention_note"}, "text": str, "author": WHO, "mentions": ListOf(WHO),
    "created_at": MOMENT,
}  # fmt: skip
ARTIFACT = {"id": str, "version": int, "format": {"markdown", "html", "plain"}, "content": str, "created_at": MOMENT}
TASK_DETAIL = TASK | {
    "artifacts": ListOf(ARTIFACT), "comments": ListOf(COMMENT), "subtasks": ListOf(TASK), "follows": Nullable(str),
    "follow_ups": ListOf(str),
}  # fmt: skip
TASK_LIST = {"tasks": ListOf(TASK), "next_cursor": Nullable(str)}
EVENT = {"sequence": int, "type": str, "actor": WHO, "data": dict, "created_at": MOMENT}
PENDING = {
    "id": str, "type": APPROVAL_TYPE, "risk_level": RISK, "title": str, "description": Nullable(str),
    "options": ListOf(str), "metadata": dict, "created_by": WHO, "created_at": MOMENT, "expires_at": MOMENT,
    "tasks": ListOf({"id": str, "title": str, "status": STATUS, "preview": Nullable(str)}),
}  # fmt: skip
BLOCKER = {
    "id": str, "task_id": str, "text": str, "status": {"open", "resolved", "withdrawn"}, "person": Nullable(WHO),
    "answer": Nullable(str), "created_by": WHO, "created_at": MOMENT, "resolved_by": Nullable(WHO),
    "resolved_at": Nullable(MOMENT),
}  # fmt: skip
CITATION = {
    "key": str, "quote": str, "supported": bool, "dataset_id": Nullable(str), "file_id": Nullable(str),
    "file_name": Nullable(str), "chunk_id": Nullable(str), "page": Nullable(int),
}  # fmt: skip
MESSAGE = {
    "id": str, "role": {"user", "assistant"}, "content": str, "status": {"pending", "complete", "failed"},
    "error_code": Nullable(str), "error": Nullable(str), "citations": ListOf(CITATION), "is_withheld": bool,
    "input_tokens": int, "output_tokens": int, "created_at": MOMENT,
}  # fmt: skip
CHAT_TURN = {"conversation_id": str, "message": MESSAGE}
CONVERSATION = {
    "id": str, "title": str, "client_id": Nullable(str), "project_id": Nullable(str), "task_id": Nullable(str),
    "created_at": MOMENT, "updated_at": MOMENT,
}  # fmt: skip
CONVERSATION_DETAIL = CONVERSATION | {"messages": ListOf(MESSAGE)}
MEMORY = {"id": str, "text": str, "created_at": MOMENT}
