"""What answers of the workspaces' surface hold. The document that it follows leaves shapes open but for some fields:
these are those chosen."""

from __future__ import annotations

from typing import Any

from tests.api.dashboard.work.shapes import MOMENT, RISK, ListOf, Nullable

RUN_STATUS = {"success", "error", "skipped"}
SCHEDULE = {
    "id": str, "workspace_id": str, "expression": str, "timezone": str, "prompt": str, "enabled": bool,
    "source": {"template", "runtime"}, "last_status": Nullable(RUN_STATUS), "last_run_at": Nullable(MOMENT),
    "last_task_id": Nullable(str), "next_run_at": Nullable(MOMENT), "created_at": MOMENT, "updated_at": MOMENT,
}  # fmt: skip
SCHEDULE_LIST = {"schedules": ListOf(SCHEDULE)}
RUN = {
    "status": RUN_STATUS, "error_detail": Nullable(str), "trigger": {"timer", "manual"}, "task_id": Nullable(str),
    "due_at": MOMENT, "started_at": MOMENT, "finished_at": MOMENT,
}  # fmt: skip
HISTORY = {"history": ListOf(RUN), "next_cursor": Nullable(str)}

PUBLISHED: dict[str, Any] = {
    "expression": "0 */6 * * *", "timezone": "UTC", "prompt": "What is new?", "enabled": True,
}  # fmt: skip
"""The body that the document gives."""

SOMEBODY = {"type": {"human", "agent", "system"}, "id": str, "name": str}
APPROVAL = {
    "id": str, "workspace_id": Nullable(str), "action": str, "description": Nullable(str), "metadata": dict,
    "options": ListOf(str), "risk_level": RISK, "status": {"pending", "approved", "rejected", "expired"},
    "decision": Nullable({"approve", "reject"}), "selected_option": Nullable(str), "note": Nullable(str),
    "task_ids": ListOf(str), "created_by": SOMEBODY, "created_at": MOMENT, "expires_at": MOMENT,
    "decided_by": Nullable(SOMEBODY), "decided_at": Nullable(MOMENT),
}  # fmt: skip
APPROVAL_LIST = {"approvals": ListOf(APPROVAL), "next_cursor": Nullable(str)}
ASKED: dict[str, Any] = {
    "action": "Post the summary", "metadata": {"channel": "general", "lines": [1, 2]}, "options": ["now", "later"],
}  # fmt: skip
