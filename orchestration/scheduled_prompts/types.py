"""The vocabulary of prompts that come again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kit.schedules.types import RunTrigger

PROMPT = "prompt"
"""The kind of schedule, and of the tasks that come of it."""


class PromptSource(StrEnum):
    """Who wished for it: a template that the workspace was made from, or somebody over the API."""

    TEMPLATE = "template"
    RUNTIME = "runtime"


class PromptRunStatus(StrEnum):
    """How a time ended. `skipped`: the workspace was busy, or nobody was there to start it."""

    SUCCESS = "success"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class NewScheduledPrompt:
    """`expression` is a cron expression of five fields, read in `time_zone`."""

    expression: str
    prompt: str
    time_zone: str = "UTC"
    is_enabled: bool = True
    source: PromptSource = PromptSource.RUNTIME


@dataclass(frozen=True, slots=True)
class ScheduledPromptChange:
    """None leaves as it is."""

    expression: str | None = None
    prompt: str | None = None
    time_zone: str | None = None
    is_enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class PromptRunView:
    """A time that has ended. `task_id` None: none was made; `detail` says why, or why the task failed."""

    due_at: datetime
    trigger: RunTrigger
    status: PromptRunStatus
    detail: str | None
    task_id: str | None
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class ScheduledPromptView:
    """`last_run` is the newest time that has ended, `last_task_id` what was made last. `next_at` None: it is not
    enabled."""

    id: str
    workspace_id: str
    expression: str
    time_zone: str
    prompt: str
    is_enabled: bool
    source: PromptSource
    last_run: PromptRunView | None
    last_task_id: str | None
    next_at: datetime | None
    created_at: datetime
    updated_at: datetime
