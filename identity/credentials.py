"""Access keys as callers see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from identity.types import ROLE_SCOPES, Role, Scope


class KeyKind(StrEnum):
    """`api_key` acts for a person, `agent_key` for a machine with an agent role, `session` for a person who
    signed in, `workspace` for the agent of a workspace."""

    API_KEY = "api_key"
    AGENT_KEY = "agent_key"
    SESSION = "session"
    WORKSPACE = "workspace"


EVERY_SCOPE = "*"
"""Stored in place of scopes: whatever the role allows, now and in later versions."""


@dataclass(frozen=True, slots=True)
class KeyView:
    """`scopes` are those in force; `hint` is the start of the token; `dataset_ids` None means no narrowing.

    `rate_limit` is requests a minute; None means the installation's."""

    id: str
    tenant_id: str
    user_id: str | None
    kind: KeyKind
    name: str
    hint: str
    role: Role
    scopes: frozenset[Scope]
    agent_role: str | None
    dataset_ids: Sequence[str] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    description: str | None = None
    rate_limit: int | None = None
    replaced_by: str | None = None
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key just made. This is the only time that its token is known."""

    token: str
    key: KeyView

    def __repr__(self) -> str:
        return f"IssuedKey(key={self.key!r})"  # without the token, which must not reach a log or a traceback


def scopes_in_force(stored: Sequence[str], role: Role) -> frozenset[Scope]:
    """Stored scopes within what the role allows; a scope that this version does not know gives nothing."""
    allowed = ROLE_SCOPES[role]
    return allowed if EVERY_SCOPE in stored else frozenset(scope for scope in allowed if scope.value in stored)
