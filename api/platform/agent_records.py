"""Agents as the platform receives and shows them, in its words: those of /api/agents, and those of its public API.

The platform has few states. What was paused or stopped is offline; the public API tells the two apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeAlias

from fastapi import Path
from pydantic import Field

from api.fields import NO_COERCION, STORABLE
from api.platform.envelope import Body, Record
from identity.types import Principal
from kit.errors import Detail, Invalid
from orchestration.agents.registry import RegisteredAgent
from orchestration.agents.types import AdapterType, AgentState, AgentStatus, EntryChange, NewAgent, Reported
from orchestration.recurring.types import RecurringView
from orchestration.runtime import Runtime

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
AgentName: TypeAlias = Annotated[str, Path(alias="name", pattern=NAME, description="Name of an agent")]
AgentNumber: TypeAlias = Annotated[int, Path(alias="id", ge=1, le=2**31 - 1, description="Number of an agent")]
Emoji = Annotated[str, Field(max_length=32, pattern=r"^[^\x00-\x1f\x7f]*$"), STORABLE]
Specialty = Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), STORABLE]
WorkspacePath = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$"), STORABLE]


class AgentWord(StrEnum):
    ACTIVE = "active"
    IDLE = "idle"
    OFFLINE = "offline"
    ERROR = "error"


class PublicAgentWord(StrEnum):
    IDLE = "idle"
    WORKING = "working"
    BLOCKED = "blocked"
    OFFLINE = "offline"
    PAUSED = "paused"


STATES: Mapping[PublicAgentWord, AgentState] = {
    PublicAgentWord.OFFLINE: AgentState.STOPPED, PublicAgentWord.PAUSED: AgentState.PAUSED
}  # fmt: skip
"""What somebody who sends the word wants of the agent; the other words say what it does, and want it started."""


class NewAgentBody(Body):
    name: Annotated[str, Field(pattern=NAME)]
    display_name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE] | None = None
    model: Annotated[str, Field(min_length=1, max_length=100), STORABLE] | None = None
    interval_sec: Annotated[int, Field(ge=1, le=31_536_000), NO_COERCION] | None = Field(
        None, description="How often its program looks for work"
    )
    emoji: Emoji | None = None
    color: Annotated[str, Field(pattern=r"^#(?:[0-9A-Fa-f]{3}){1,2}$")] | None = None
    adapter: AdapterType = Field(AdapterType.OUTSIDE, description="What does its tasks; `outside`: a program elsewhere")

    def to_agent(self) -> NewAgent:
        return NewAgent(
            self.name, self.display_name or self.name, adapter=self.adapter, model=self.model or "", emoji=self.emoji,
            color=self.color, interval_seconds=self.interval_sec,
        )  # fmt: skip


class NewPublicAgentBody(Body):
    name: Annotated[str, Field(pattern=NAME)]
    emoji: Emoji | None = None
    role: Specialty
    status: PublicAgentWord = PublicAgentWord.IDLE
    workspace_path: WorkspacePath | None = None

    def to_agent(self) -> NewAgent:
        return NewAgent(
            self.name, self.name, specialty=self.role, emoji=self.emoji, workspace_path=self.workspace_path,
            state=STATES.get(self.status, AgentState.STARTED), reported=reported_by(self.status),
        )  # fmt: skip


class PublicAgentPatch(Body):
    emoji: Emoji | None = None
    role: Specialty | None = None
    status: PublicAgentWord | None = None
    current_task: Annotated[str, Field(max_length=300), STORABLE] | None = Field(None, description="Empty: none")
    workspace_path: WorkspacePath | None = None

    def to_change(self, principal: Principal) -> EntryChange:
        """An agent that says what it does wants nothing of itself: whether it is started is for people to say."""
        state = None
        if self.status is not None:
            started = None if principal.agent_role else AgentState.STARTED
            state = STATES.get(self.status, started)
        return EntryChange(
            specialty=self.role, emoji=self.emoji, workspace_path=self.workspace_path, current_task=self.current_task,
            state=state, reported=None if self.status is None else reported_by(self.status),
        )  # fmt: skip


class AutomationRecord(Record):
    id: str
    name: str
    is_active: bool


class AgentRecord(Record):
    id: int = Field(description="Counts from 1 within the tenant")
    name: str
    display_name: str
    role: str
    status: AgentWord
    state: AgentState = Field(description="What is wanted of it")
    model: str
    adapter: AdapterType
    emoji: str | None
    color: str | None
    interval_sec: int | None
    current_task: str | None
    open_tasks: int = Field(description="Of these counts: tasks that the caller may see")
    completed_tasks: int
    failed_tasks: int
    completion_rate: float | None = Field(description="0 to 1, null while nothing has ended")
    automations: list[AutomationRecord] = Field(description="Recurring tasks that are for it")
    last_error: str | None
    last_heartbeat: datetime | None
    created_at: datetime | None = Field(description="Null for those that every tenant has, and for keys of programs")

    @classmethod
    def of(cls, agent: RegisteredAgent, recurring: Sequence[RecurringView] = ()) -> AgentRecord:
        config, tally = agent.view.config, agent.tally
        entry = config.entry
        return cls(
            id=agent.number, name=config.role, display_name=config.name, role=specialty_of(agent),
            status=word_of(agent), state=config.state, model=config.model, adapter=config.adapter, emoji=entry.emoji,
            color=entry.color, interval_sec=entry.interval_seconds, current_task=tally.title or entry.current_task,
            open_tasks=tally.open, completed_tasks=tally.done, failed_tasks=tally.failed,
            completion_rate=tally.completion_rate,
            automations=[
                AutomationRecord(id=one.id, name=one.name, is_active=one.is_active)
                for one in recurring
                if one.assignee.id == config.role
            ],
            last_error=config.last_error, last_heartbeat=agent.last_seen_at, created_at=entry.created_at,
        )  # fmt: skip


class PublicAgent(Record):
    id: int = Field(description="Counts from 1 within the tenant")
    name: str
    emoji: str | None
    role: str
    status: PublicAgentWord
    current_task: str | None
    workspace_path: str | None
    last_heartbeat: datetime | None
    created_at: datetime | None

    @classmethod
    def of(cls, agent: RegisteredAgent) -> PublicAgent:
        config, entry = agent.view.config, agent.view.config.entry
        return cls(
            id=agent.number, name=config.role, emoji=entry.emoji, role=specialty_of(agent),
            status=public_word_of(agent), current_task=agent.tally.title or entry.current_task,
            workspace_path=entry.workspace_path, last_heartbeat=agent.last_seen_at, created_at=entry.created_at,
        )  # fmt: skip


def specialty_of(agent: RegisteredAgent) -> str:
    return agent.view.config.entry.specialty or agent.role


def reported_by(word: PublicAgentWord) -> Reported | None:
    return None if word in STATES else Reported(word.value)


def public_word_of(agent: RegisteredAgent) -> PublicAgentWord:
    match agent.view.status:
        case AgentStatus.TERMINATED:
            return PublicAgentWord.OFFLINE
        case AgentStatus.PAUSED:
            return PublicAgentWord.PAUSED
        case AgentStatus.RUNNING:
            return PublicAgentWord.WORKING
        case AgentStatus.ERROR:
            return PublicAgentWord.BLOCKED
        case _:
            return PublicAgentWord(agent.reported.value) if agent.reported else PublicAgentWord.IDLE


def word_of(agent: RegisteredAgent) -> AgentWord:
    if agent.view.status is AgentStatus.ERROR:
        return AgentWord.ERROR
    match public_word_of(agent):
        case PublicAgentWord.OFFLINE | PublicAgentWord.PAUSED:
            return AgentWord.OFFLINE
        case PublicAgentWord.WORKING | PublicAgentWord.BLOCKED:
            return AgentWord.ACTIVE
        case PublicAgentWord.IDLE:
            return AgentWord.IDLE


def words_of(text: str | None, kind: type[StrEnum]) -> frozenset[str] | None:
    """Words that are separated by commas. None: no condition. Invalid for one that is none of the kind's."""
    if text is None:
        return None
    words = [word.strip() for word in text.split(",") if word.strip()]
    known = [one.value for one in kind]
    for word in words:
        if word not in known:
            message = f"{word!r} is no status here; these are: {', '.join(known)}"
            raise Invalid(f"status: {message}", details=[Detail("status", message)])
    return frozenset(words)


def see_to_numbers(runtime: Runtime, principal: Principal) -> None:
    """An agent that is there by its key alone has no number before somebody asks for it."""
    with runtime.database.read() as session:
        if runtime.teamwork.registry.is_numbered(session, principal.tenant_id):
            return
    with runtime.database.write() as session:
        runtime.teamwork.registry.number_all(session, principal.tenant_id)
