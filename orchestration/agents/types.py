"""The vocabulary of agents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AdapterType(StrEnum):
    """What does an agent's tasks. `outside`: nothing here does; the agent is a program with a key of its own."""

    OUTSIDE = "outside"
    EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True)
class AgentDefault:
    """An agent as every tenant has it. `role` is its id."""

    role: str
    name: str
    about: str
    adapter: AdapterType = AdapterType.OUTSIDE


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """An agent as a tenant has it. None in a bound is the installation's. `tools` None: all that there are.
    `is_default`: the tenant has changed nothing."""

    id: str
    role: str
    name: str
    about: str
    adapter: AdapterType
    is_default: bool
    model: str = ""
    tools: Sequence[str] | None = None
    concurrency: int = 1
    max_cost_usd: float | None = None
    prompt: str | None = None
    timeout_seconds: float | None = None
    max_turns: int | None = None
    last_error_at: datetime | None = None
    last_error: str | None = None
