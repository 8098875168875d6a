"""The dashboard's published shapes of work, as tables: what each answer holds, and nothing of the code under test.

A field is a type, or a set of words. `Optional` may be absent, and is not null; `Nullable` is there, and may be null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

Shape: TypeAlias = Any


@dataclass(frozen=True)
class Optional:
    shape: Shape


@dataclass(frozen=True)
class Nullable:
    shape: Shape


@dataclass(frozen=True)
class ListOf:
    shape: Shape


MOMENT = "a time in ISO 8601"

ACTIVITY_STATUS = {
    "created", "assigned", "in_progress", "awaiting_approval", "awaiting_subtask", "awaiting_review", "blocked", "done",
    "reassigned", "failed",
}  # fmt: skip
APPROVAL_STATUS = {"pending", "approved", "rejected", "expired"}
APPROVAL_TYPE = {
    "content_review", "content_direction", "brand_direction", "strategy_change", "budget_authorization",
    "channel_action",
}  # fmt: skip
RISK = {"low", "medium", "high"}
RESOLUTION = {"approved", "rejected", "revision_requested"}
PERSON = {"id": str, "name": str, "type": {"agent", "human"}}
PAGINATION = {"limit": int, "nextCursor": Nullable(str), "hasMore": bool}

APPROVAL = {
    "id": str,
    "title": str,
    "type": APPROVAL_TYPE,
    "riskLevel": RISK,
    "status": APPROVAL_STATUS,
    "description": Optional(str),
    "options": Optional(ListOf(str)),
    "linkedActivities": ListOf({"id": str, "title": str, "status": ACTIVITY_STATUS}),
    "createdBy": PERSON,
    "createdOn": MOMENT,
    "expiresAt": MOMENT,
    "resolvedAt": Optional(MOMENT),
    "resolvedBy": Optional({"id": str, "name": str}),
    "resolution": Optional(RESOLUTION),
    "resolutionNote": Optional(str),
}
APPROVAL_DETAIL = APPROVAL | {
    "linkedActivities": ListOf(
        {
            "id": str, "title": str, "status": ACTIVITY_STATUS, "outputRef": Optional(str),
            "outputPreview": Optional(str),
        }
    ),
    "selectedOption": Optional(str),  # beyond what is published
    "metadata": dict,  # beyond what is published
}  # fmt: skip
ACTIVITY_SUMMARY = {
    "id": str,
    "title": str,
    "type": str,
    "status": ACTIVITY_STATUS,
    "agentRole": Nullable(str),
    "assigneeName": str,
    "campaignId": str,
    "campaignName": str,
    "deliverableId": Optional(str),
    "approvalId": Optional(str),
    "wakeReason": Optional(str),
    "startedAt": Optional(MOMENT),
    "completedAt": Optional(MOMENT),
    "costUsd": float,
    "createdOn": MOMENT,
}
COMMENT = {
    "id": str,
    "text": str,
    "type": {"comment", "intervention_note"},
    "author": PERSON,
    "mentions": ListOf({"type": {"agent", "human"}, "id": str, "name": str}),
    "createdOn": MOMENT,
}
ACTIVITY = {
    "id": str,
    "title": str,
    "type": str,
    "status": ACTIVITY_STATUS,
    "agentRole": Nullable(str),
    "assignee": PERSON,
    "campaign": {"id": str, "name": str},
    "deliverable": Optional({"id": str, "type": str}),
    "approval": Optional({"id": str, "type": APPROVAL_TYPE, "status": APPROVAL_STATUS}),
    "inputPrompt": str,
    "outputRef": Optional(str),
    "outputPreview": Optional(str),
    "comments": ListOf(COMMENT),
    "runs": ListOf(
        {
            "id": str,
            "status": {"completed", "failed", "timeout"},
            "model": str,
            "inputTokens": int,
            "outputTokens": int,
            "costUsd": float,
            "durationMs": int,
            "startedAt": MOMENT,
            "completedAt": Optional(MOMENT),
            "error": Optional(str),
        }
    ),
    "subtasks": ListOf(ACTIVITY_SUMMARY),
    "createdOn": MOMENT,
    "updatedOn": MOMENT,
    "description": str,  # this and what follows: beyond what is published
    "datasetId": Optional(str),
    "needsApproval": bool,
    "wakeReason": Optional(str),
    "reviewerFeedback": Optional(str),
}
OUTPUT = {
    "activityId": str, "text": str, "format": {"markdown", "html", "plain"}, "createdOn": MOMENT,
    "version": int,  # beyond what is published
}  # fmt: skip
AGENT = {
    "id": str,
    "role": str,
    "status": {"active", "running", "idle", "error", "paused", "terminated"},
    "runningCount": int,
    "model": str,
    "adapterType": str,
    "toolNames": ListOf(str),
    "skillIds": ListOf(str),
    "maxCostUsdPerActivity": Optional(float),
    "concurrency": int,
    "isGlobalDefault": bool,
    "lastErrorAt": Optional(MOMENT),
    "lastErrorMessage": Optional(str),
    "name": str,  # beyond what is published, as is `about`
    "about": str,
}
AGENT_DETAIL = AGENT | {
    "adapterConfig": {
        "model": str, "promptTemplate": Nullable(str), "timeoutSec": Nullable(float), "maxTurnsPerRun": Nullable(int),
        "env": dict, "baseUrl": Nullable(str),
    },
}  # fmt: skip
AGENT_TEST = {"ok": bool, "message": str, "checks": ListOf({"name": str, "ok": bool, "detail": Optional(str)})}
RECURRING = {
    "id": str,
    "name": str,
    "description": str,
    "assigneeType": {"agent", "human"},
    "agentRole": Nullable(str),
    "periodicity": str,
    "trigger": str,
    "isActive": bool,
    "variables": ListOf({"key": str, "label": str, "type": str, "required": bool}),
    "variableValues": dict,
    "nextRunAt": Nullable(MOMENT),
    "lastRunAt": Nullable(MOMENT),
    "assigneeName": str,  # this and what follows: beyond what is published
    "type": str,
    "inputPrompt": str,
    "timeZone": str,
    "needsApproval": bool,
    "datasetId": Optional(str),
    "lastActivityId": Optional(str),
}
RESOLVED = {"approvalId": str, "resolution": RESOLUTION, "reEnqueuedActivities": int}
STATS = {"pending": int, "highRisk": int, "expiringIn24h": int, "resolvedThisWeek": int}


def page(shape: Shape) -> Shape:
    return {"data": ListOf(shape), "pagination": PAGINATION}


def departures(value: Any, shape: Shape, place: str = "") -> Iterator[str]:
    """Where the value is not of the shape; nothing where it is."""
    match shape:
        case Nullable():
            yield from () if value is None else departures(value, shape.shape, place)
        case ListOf():
            yield from _items(value, shape.shape, place)
        case dict():
            yield from _fields(value, shape, place)
        case _ if not _is_plain(value, shape):
            yield f"{place} is {value!r}, which is not {sorted(shape) if isinstance(shape, set) else shape}"


def _is_plain(value: Any, shape: Shape) -> bool:
    if isinstance(shape, set):
        return value in shape
    if shape == MOMENT:
        return _is_moment(value)
    return isinstance(value, shape) and (shape is bool or not isinstance(value, bool))


def _items(value: Any, shape: Shape, place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place} is no list but {value!r}"
        return
    for number, one in enumerate(value):
        yield from departures(one, shape, f"{place}[{number}]")


def _fields(value: Any, shape: Mapping[str, Shape], place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no object but {value!r}"
        return
    for name in value.keys() - shape.keys():
        yield f"{place}.{name} is in no document"
    for name, expected in shape.items():
        if isinstance(expected, Optional):
            if name in value:
                yield from departures(value[name], expected.shape, f"{place}.{name}")
        elif name not in value:
            yield f"{place}.{name} is missing"
        else:
            yield from departures(value[name], expected, f"{place}.{name}")


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
