"""What a unit of work changes, read off its objects before they are written: who changed a row needs not say so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import InstanceState, Session

from identity.audit.types import Json
from kit.redaction import REDACTED

UNRECORDED = frozenset(
    {
        "audit_events",
        "audit_heads",
        "counters",
        "task_queue_jobs",
        "events",
        "jobs",
        "file_generations",
        "rate_windows",
        "shelved_files",
        "oidc_attempts",
        "task_events",
        "task_runs",
        "run_turns",
        "run_waits",
        "approval_tasks",
        "notifications",
        "agent_log_lines",
    }
)
"""The trail itself, and what follows by itself from changes that are recorded."""

_SILENT = frozenset({
    *("id", "tenant_id", "created_at", "updated_at", "last_used_at"),
    *("chunks_done", "chunks_total", "pages_done", "pages_total"),
    *("heartbeat_at", "reported", "current_task"),  # what an agent says that it is at
})  # fmt: skip
_PRIVATE = frozenset({
    "conversations.title", "chat_messages.content", "chat_messages.sources", "chat_messages.turns", "memories.content",
})  # fmt: skip
"""What a person said to the assistant and was told by it is nobody else's, and goes when it is deleted."""
_SECRET = re.compile(r"hash|token|password|secret|cipher", re.IGNORECASE)
_NO_SECRET = frozenset({"token_count", "max_tokens"})
_LONGEST = 1000
_ENDINGS = {"deleted_at": "deleted", "revoked_at": "revoked", "deactivated_at": "deactivated"}
_KEY = "audit"


@dataclass(slots=True)
class Change:
    """Of one row. `fields` holds `{"from": …, "to": …}` by column."""

    entity_type: str
    entity_id: str
    action: str
    fields: dict[str, dict[str, Json]] = field(default_factory=dict)


def collect(session: Session) -> None:
    """Notes what is about to be flushed. A row that is flushed twice keeps its first value and its last."""
    noted: dict[tuple[str, str], Change] = session.info.setdefault(_KEY, {})
    for rows, action in ((session.new, "created"), (session.dirty, "updated"), (session.deleted, "deleted")):
        for row in rows:
            _note(noted, row, action)


def collected(session: Session) -> list[Change]:
    """What was noted, and forgets it. Rows that were changed to nothing new are left out."""
    noted: dict[tuple[str, str], Change] = session.info.pop(_KEY, {})
    return [change for change in noted.values() if change.fields or change.action == "deleted"]


def _note(noted: dict[tuple[str, str], Change], row: object, action: str) -> None:
    state: InstanceState[Any] = inspect(row)
    mapper = state.mapper
    table = mapper.local_table.name  # type: ignore[attr-defined]  # every model here has a table of its own
    if table in UNRECORDED:
        return
    identity = "/".join(str(part) for part in mapper.primary_key_from_instance(row))
    change = noted.setdefault((table, identity), Change(_singular(table), identity, action))
    for name in mapper.columns.keys():  # noqa: SIM118 - a collection that goes through its values, not its names
        history = state.attrs[name].history
        if name in _SILENT or not history.has_changes():
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        earlier = change.fields.get(name)
        first = earlier["from"] if earlier is not None else _recorded(table, name, before)
        if action == "created" and after is None:
            continue
        change.fields[name] = {"from": first, "to": _recorded(table, name, after)}
        change.action = _named(change.action, name, before, after)
    if action == "deleted":
        change.action = "deleted"


def _named(action: str, name: str, before: object, after: object) -> str:
    """What people call it: setting `deleted_at` is a deletion."""
    if action != "updated":
        return action
    if name in _ENDINGS and before is None and after is not None:
        return _ENDINGS[name]
    if name == "enabled":
        return "enabled" if after else "disabled"
    return action


def _recorded(table: str, name: str, value: object) -> Json:
    return REDACTED if value and f"{table}.{name}" in _PRIVATE else _shown(name, value)


def _shown(name: str, value: object) -> Json:
    if value is not None and _SECRET.search(name) and name not in _NO_SECRET:
        return REDACTED
    return _json(value)


def _json(value: object) -> Json:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _shown(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    return str(value)[:_LONGEST]


def _singular(table: str) -> str:
    return f"{table[:-3]}y" if table.endswith("ies") else table.removesuffix("s")
