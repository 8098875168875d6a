"""Access keys as the dashboard sends and receives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from api.fields import NO_COERCION, STORABLE, RequestBody, ResponseBody, Since
from identity.credentials import IssuedKey, KeyKind, KeyView
from identity.key_changes import DEFAULT_GRACE, MOST_GRACE, KeyChange
from identity.key_rules import MOST_REQUESTS
from identity.types import Role, Scope

_HOUR = timedelta(hours=1)

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
Description = Annotated[str, Field(max_length=2000), STORABLE]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]
RateLimit = Annotated[int, Field(ge=1, le=MOST_REQUESTS), NO_COERCION]


class KeyState(StrEnum):
    """`replaced`: rotated, and valid until its grace time is over."""

    ACTIVE = "active"
    REPLACED = "replaced"
    EXPIRED = "expired"
    REVOKED = "revoked"


class AccessKey(ResponseBody):
    id: str
    name: str
    description: str | None
    kind: KeyKind
    hint: str = Field(description="How the key begins; the key itself is shown once, when it is made")
    state: KeyState
    role: Role
    scopes: list[Scope] = Field(description="What it may be used for now, within its role")
    agent_role: str | None = Field(description="Of an agent's key: datasets must allow this role")
    dataset_ids: Sequence[str] | None = Field(description="The only datasets that it sees; null: no narrowing")
    client_id: str | None = Field(description="Whose client's key it is")
    user_id: str | None = Field(description="Whose key it is; it never does more than this user")
    rate_limit: int | None = Field(description="Requests a minute; null: the installation's limit")
    replaced_by: str | None
    created_on: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute")

    @classmethod
    def of(cls, view: KeyView, now: datetime) -> AccessKey:
        return cls(
            id=view.id,
            name=view.name,
            description=view.description,
            kind=view.kind,
            hint=view.hint,
            state=_state(view, now),
            role=view.role,
            scopes=sorted(view.scopes),
            agent_role=view.agent_role,
            dataset_ids=view.dataset_ids,
            client_id=view.client_id,
            user_id=view.user_id,
            rate_limit=view.rate_limit,
            replaced_by=view.replaced_by,
            created_on=view.created_at,
            expires_at=view.expires_at,
            revoked_at=view.revoked_at,
            last_used_at=view.last_used_at,
        )


def _state(view: KeyView, now: datetime) -> KeyState:
    if view.revoked_at is not None:
        return KeyState.REVOKED
    if view.expires_at is not None and view.expires_at <= now:
        return KeyState.EXPIRED
    return KeyState.ACTIVE if view.replaced_by is None else KeyState.REPLACED


class AccessKeyList(ResponseBody):
    data: list[AccessKey]


class IssuedAccessKey(ResponseBody):
    token: str = Field(description="The key. This is the only time that it is shown")
    key: AccessKey

    @classmethod
    def of(cls, issued: IssuedKey, now: datetime) -> IssuedAccessKey:
        return cls(token=issued.token, key=AccessKey.of(issued.key, now))


class KeyCreation(RequestBody):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "Support agent",
                "role": "member",
                "agentRole": "support",
                "scopes": ["knowledge:search", "knowledge:read"],
                "expiresAt": "2030-01-01",
            }
        }
    )

    name: Name
    description: Description | None = None
    role: Role = Role.MEMBER
    scopes: Scopes | None = Field(None, description="Narrower than the role; left out: all that the role may")
    agent_role: Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), STORABLE] | None = None
    dataset_ids: (
        Annotated[list[Annotated[str, Field(pattern=r"^[!-~]{1,26}$")]], Field(min_length=1, max_length=1000)] | None
    ) = None
    expires_at: Since | None = None
    rate_limit: RateLimit | None = Field(None, description="Requests a minute")
    client_id: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")] | None = Field(
        None, description="For a client: the key has the client's agent role, and ends with the client"
    )
    personal: bool = Field(False, description="For yourself: it ends with your account and never does more than you")


class KeyModification(RequestBody):
    """What is left out, or null, stays as it is."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Support agent, Berlin"}})

    name: Name | None = None
    description: Description | None = None
    scopes: Scopes | None = None
    expires_at: Since | None = None
    rate_limit: RateLimit | None = None

    def to_change(self) -> KeyChange:
        return KeyChange(
            name=self.name,
            description=self.description,
            scopes=None if self.scopes is None else [scope.value for scope in self.scopes],
            expires_at=self.expires_at,
            rate_limit=self.rate_limit,
        )


class Rotation(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"graceHours": 24}})

    grace_hours: Annotated[int, Field(ge=0, le=MOST_GRACE // _HOUR), NO_COERCION] = Field(
        DEFAULT_GRACE // _HOUR, description="How long the old key goes on working; 0: not at all"
    )

    @property
    def grace(self) -> timedelta:
        return timedelta(hours=self.grace_hours)
