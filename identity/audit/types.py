"""The vocabulary of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None
Json: TypeAlias = "Scalar | list[Json] | dict[str, Json]"
Changes: TypeAlias = Mapping[str, Mapping[str, Json]]
"""By field: `{"from": …, "to": …}`."""


class ActorType(StrEnum):
    USER = "user"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`changes` is None where nothing was changed, as by a read."""

    id: str
    tenant_id: str
    seq: int
    at: datetime
    actor_type: ActorType
    actor_id: str
    actor_name: str
    key_id: str | None
    action: str
    entity_type: str
    entity_id: str
    changes: Changes | None
    metadata: Mapping[str, Json]
    ip: str | None
    request_id: str | None
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """None is no condition. Both times are included."""

    entity_type: str | None = None
    entity_id: str | None = None
    user_id: str | None = None
    actor_type: str | None = None
    action: str | None = None
    key_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of a tenant's chain: how many entries hold together, and the first thing that does not, if any.

    `head` is `seq:hash` of the newest entry: kept elsewhere, it shows later that nothing before it was changed.
    """

    tenant_id: str
    entries: int
    head: str
    faults: Sequence[str]

    @property
    def is_whole(self) -> bool:
        return not self.faults
