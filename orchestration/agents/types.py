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


class AgentState(StrEnum):
    """What its tenant wants of an agent. One that is paused or stopped begins no run, and what is in hand rests behind
    its present turn; to be stopped is meant to last."""

    STARTED = "started"
    PAUSED = "paused"
    STOPPED = "stopped"


class Reported(StrEnum):
    """What a program elsewhere says that it is doing."""

    IDLE = "idle"
    WORKING = "working"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class AgentDefault:
    """An agent as every tenant has it, or as its tenant added it. `role` is its id."""

    role: str
    name: str
    about: str
    adapter: AdapterType = AdapterType.OUTSIDE


@dataclass(frozen=True, slots=True)
class AgentEntry:
    """What is kept of an agent for those who look it up. `number` is its other name within the tenant, None until it is
    first asked for. `specialty` is what it is for, in a word; `interval_seconds` how often its program looks for work.
    `is_added`: by the tenant, rather than there for everybody or by its key alone."""

    number: int | None = None
    is_added: bool = False
    specialty: str = ""
    emoji: str | None = None
    color: str | None = None
    interval_seconds: int | None = None
    workspace_path: str | None = None
    reported: Reported | None = None
    current_task: str | None = None
    heartbeat_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


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
    state: AgentState = AgentState.STARTED
    entry: AgentEntry = AgentEntry()


@dataclass(frozen=True, slots=True)
class NewAgent:
    """`name` is what people read, `role` what programs name it by."""

    role: str
    name: str
    specialty: str = ""
    adapter: AdapterType = AdapterType.OUTSIDE
    model: str = ""
    state: AgentState = AgentState.STARTED
    reported: Reported | None = None
    emoji: str | None = None
    color: str | None = None
    interval_seconds: int | None = None
    workspace_path: str | None = None


@dataclass(frozen=True, slots=True)
class EntryChange:
    """None leaves as it is; an empty `current_task` is none."""

    specialty: str | None = None
    emoji: str | None = None
    workspace_path: str | None = None
    state: AgentState | None = None
    reported: Reported | None = None
    current_task: str | None = None

    @property
    def is_report(self) -> bool:
        """Whether it says no more than what the agent is doing."""
        return self.specialty is self.emoji is self.workspace_path is self.state is None


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
