"""The vocabulary of jobs that programs elsewhere work off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class QueuedState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Submission:
    """The higher `priority`, the sooner. `partition` narrows who claims it, among the tenant's own."""

    task_type: str
    payload: Mapping[str, Any]
    queue_name: str
    priority: int
    max_attempts: int
    timeout_seconds: int
    partition: int | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """None is no condition."""

    queue_name: str
    task_type: str | None = None
    partition: int | None = None


@dataclass(frozen=True, slots=True)
class QueuedView:
    id: str
    queue_name: str
    task_type: str
    payload: Mapping[str, Any]
    priority: int
    partition: int | None
    idempotency_key: str | None
    state: QueuedState
    attempt: int
    max_attempts: int
    timeout_seconds: int
    worker_id: str | None
    lease_until: datetime | None
    result: Mapping[str, Any] | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
