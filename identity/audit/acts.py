"""In whose name the code at hand is working: set at the edges, read where something is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from identity.audit.types import ActorType, Json, Scalar
from identity.types import Principal


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was read: `entity_id` is empty where it was more than one."""

    entity_type: str
    entity_id: str
    metadata: Mapping[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Act:
    """A request, a tool's call or a command. `changes` counts what was recorded of it as changed."""

    tenant_id: str
    actor_type: ActorType
    actor_id: str
    actor_name: str
    key_id: str | None
    ip: str | None = None
    request_id: str | None = None
    changes: int = 0
    notes: list[Note] = field(default_factory=list)

    @classmethod
    def of(cls, principal: Principal, *, ip: str | None = None, request_id: str | None = None) -> Act:
        """A key with an agent role acts as that agent, another as its user, or as itself where it has none."""
        is_agent = principal.agent_role is not None
        actor = principal.agent_role if is_agent else principal.user_id or principal.key_id
        return cls(
            tenant_id=principal.tenant_id,
            actor_type=ActorType.AGENT if is_agent else ActorType.USER,
            actor_id=actor or "",
            actor_name=principal.name,
            key_id=principal.key_id or None,
            ip=ip,
            request_id=request_id,
        )


_current: ContextVar[Act | None] = ContextVar("cairn_act", default=None)


@contextmanager
def acting(act: Act) -> Iterator[Act]:
    """What is changed inside the block is recorded as done by this actor, also on AnyIO's threads. Other threads
    act for nobody unless they say so."""
    token = _current.set(act)
    try:
        yield act
    finally:
        _current.reset(token)


def current_act() -> Act | None:
    return _current.get()


def note_read(entity_type: str, entity_id: str = "", **metadata: Scalar | list[str]) -> None:
    """Say what the request at hand read; without a request, nothing."""
    act = _current.get()
    if act is not None:
        plain: dict[str, Json] = {
            name: [*value] if isinstance(value, list) else value for name, value in metadata.items()
        }
        act.notes.append(Note(entity_type, entity_id, plain))
