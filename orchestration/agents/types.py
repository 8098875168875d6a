"""The vocabulary of agents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AdapterType(StrEnum):
    """What does an agent's tasks. `outside`: nothing here does; the agent is a program with a key of its own."""

    OUTSIDE = "outside"
    EXTRACTIVE = "extractive"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"


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
    concurrency: int = 4
    max_cost_usd: float | None = None
    prompt: str | None = None
    timeout_seconds: float | None = None
    max_turns: int | None = None
    base_url: str | None = None
    last_error_at: datetime | None = None
    last_error: str | None = None


class AgentStatus(StrEnum):
    ACTIVE = "active"
    RUNNING = "running"
    IDLE = "idle"
    ERROR = "error"
    PAUSED = "paused"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class AgentChange:
    """None leaves as it is; `adapter_config` replaces the settings that it names, and None there goes back to the
    installation's. `key` is kept sealed; an empty one is forgotten."""

    adapter: AdapterType | None = None
    model: str | None = None
    tools: Sequence[str] | None = None
    concurrency: int | None = None
    max_cost_usd: float | None = None
    key: str | None = field(default=None, repr=False)
    adapter_config: Mapping[str, str | float | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AgentView:
    """`running` are runs under way, `tools` those that it may use here. `has_key`: one of its own."""

    config: AgentConfig
    status: AgentStatus
    running: int
    tools: Sequence[str]
    has_key: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    is_ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class AgentTest:
    checks: Sequence[Check]

    @property
    def is_ok(self) -> bool:
        return all(one.is_ok for one in self.checks)
