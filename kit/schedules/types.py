"""The vocabulary of what is done again and again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Trigger(StrEnum):
    """`manual` never comes by itself."""

    MANUAL = "manual"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    CRON = "cron"


class RunOutcome(StrEnum):
    """`busy`: what the last time started had not ended. `coalesced`: nobody was there to start it, and a later time
    stands for it. `failed`: it could not be started."""

    STARTED = "started"
    BUSY = "busy"
    COALESCED = "coalesced"
    FAILED = "failed"


class RunTrigger(StrEnum):
    """What had a schedule run: its time, or somebody who asked."""

    TIMER = "timer"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """`cron` for trigger `cron` only. `jitter_seconds`: each time comes up to so much later, to spread the load."""

    tenant_id: str
    kind: str
    subject: str
    trigger: Trigger
    cron: str | None = None
    time_zone: str = "UTC"
    jitter_seconds: int = 0


@dataclass(frozen=True, slots=True)
class ScheduleView:
    id: str
    trigger: Trigger
    cron: str | None
    time_zone: str
    jitter_seconds: int
    enabled: bool
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """What a kind of schedule is asked to start. The same `due_at` is never asked for twice."""

    schedule_id: str
    tenant_id: str
    subject: str
    due_at: datetime


def expression_of(trigger: Trigger, cron: str | None, *, subject: str) -> str | None:
    """Weekly and monthly ones come in the night, at an hour of their own, so that not all come at once."""
    spread = int.from_bytes(hashlib.sha256(subject.encode()).digest()[:4])
    minute, hour = spread % 60, spread // 60 % 6
    match trigger:
        case Trigger.WEEKLY:
            return f"{minute} {hour} * * {spread // 360 % 7}"
        case Trigger.MONTHLY:
            return f"{minute} {hour} {1 + spread // 360 % 28} * *"
        case Trigger.CRON:
            return cron
        case Trigger.MANUAL:
            return None
