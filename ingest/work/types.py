"""Jobs as people see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kit.jobs.types import JobState


@dataclass(frozen=True, slots=True)
class JobView:
    """`done` of `total` things that `stage` counts; None where the work does not say. `subject_name` is the name of the
    file or dataset, where the subject is one that is still there."""

    id: str
    kind: str
    queue: str
    state: JobState
    dataset_id: str | None
    subject_id: str
    subject_name: str | None
    stage: str | None
    done: int | None
    total: int | None
    attempt: int
    max_attempts: int
    interruptions: int
    error: str | None
    created_at: datetime
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobQuery:
    """None and empty: all."""

    states: Sequence[JobState] = ()
    kind: str | None = None
    dataset_id: str | None = None
