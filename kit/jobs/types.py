"""The vocabulary of work to be done later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobState(StrEnum):
    """`dead` is work that failed more often than allowed: it waits for a person."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DEAD = "dead"


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class NewJob:
    """Work as a row. `payload` holds ids, never objects.

    `subject` is the id of what the work is about, `dataset_id` the dataset that it touches: who may see that one may
    see the job. `key` makes enqueueing idempotent: while a job with the same key is unfinished, enqueueing it again
    returns that one. Nobody takes it before `run_after`; None: at once. Jobs of one kind that have the same `lot` may
    be taken together by one worker; one without is taken alone.
    """

    kind: str
    queue: str
    key: str
    subject: str
    payload: Mapping[str, str | int]
    tenant_id: str | None = None
    dataset_id: str | None = None
    priority: int = 100
    max_attempts: int = 5
    run_after: datetime | None = None
    lot: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `done` of `total` things that `stage` counts."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A job held by one worker until its lease runs out. `owner` and `turn` fence every write made in its name.

    `interruptions` counts the workers that died while they held it, since it last got further.
    """

    id: str
    kind: str
    subject: str
    payload: Mapping[str, str | int]
    owner: str
    attempt: int
    max_attempts: int
    turn: int = 0
    interruptions: int = 0
    tenant_id: str | None = None
    dataset_id: str | None = None
    lot: str | None = None

    def text(self, name: str) -> str:
        return str(self.payload[name])

    def number(self, name: str) -> int:
        return int(self.payload[name])
