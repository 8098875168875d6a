"""What the platform says of a task, as tables written from its document; and bodies that it takes."""

from __future__ import annotations

from typing import Any

from tests.api.callers import Caller, Json
from tests.api.dashboard.work.shapes import MOMENT, ListOf, Nullable, departures

TASKS = "/api/tasks"

STATUS = {"todo", "in_progress", "review", "done", "blocked", "archived"}
PRIORITY = {"P0", "P1", "P2", "P3"}
TASK: dict[str, Any] = {
    "id": int, "title": str, "description": str, "status": STATUS, "priority": PRIORITY, "assignee": Nullable(str),
    "product": str, "category": str, "tags": str, "estimated_minutes": Nullable(int), "due_date": Nullable(MOMENT),
    "created_at": MOMENT, "updated_at": MOMENT,
}  # fmt: skip
LINK = {"id": int, "title": str, "status": STATUS}
TASK_DETAIL = TASK | {
    "blockers": ListOf({"id": str, "text": str, "raised_by": str, "created_at": MOMENT}),
    "blocked_by": ListOf(LINK), "blocks": ListOf(LINK), "parent": Nullable(LINK), "subtasks": ListOf(LINK),
}  # fmt: skip
META = {"total": int, "limit": int, "offset": int}

STATUS_OF = {
    "created": "todo", "assigned": "todo", "reassigned": "todo", "in_progress": "in_progress",
    "awaiting_approval": "review", "awaiting_review": "review", "awaiting_subtask": "blocked", "blocked": "blocked",
    "paused": "blocked", "failed": "blocked", "done": "done", "cancelled": "archived",
}  # fmt: skip
"""By the state of the task itself."""


def made(caller: Caller, **fields: object) -> Json:
    """A new task of nobody, unless said otherwise."""
    answer = caller.post(TASKS, json={"title": "Fix login bug"} | fields)
    assert answer.status_code == 201, answer.text
    body: Json = answer.json()
    assert list(departures(body, {"data": TASK})) == []
    data: Json = body["data"]
    return data


def seen(caller: Caller, number: int) -> Json:
    answer = caller.get(f"{TASKS}/{number}")
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    assert list(departures(body, {"data": TASK_DETAIL})) == []
    data: Json = body["data"]
    return data


def listed(caller: Caller, **query: object) -> list[Json]:
    answer = caller.get(TASKS, params=query)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    assert list(departures(body, {"data": ListOf(TASK), "meta": META})) == []
    data: list[Json] = body["data"]
    return data
