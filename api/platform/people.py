"""Users as the platform shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.platform.envelope import Record
from identity.accounts import Account

_ROLES = {"admin": "admin", "member": "member", "reviewer": "viewer"}
"""The platform knows no reviewer; a viewer is what comes nearest and may not do more."""

TENANT_ROLES = {"admin": "admin", "editor": "member", "builder": "member", "viewer": "reviewer", "demo": "reviewer"}
"""What a role that the platform is sent becomes. An agent is a key, not a person."""


class PlatformUser(Record):
    id: int
    username: str
    email: str
    role: str = Field(description="admin, member or viewer")
    avatar_url: str | None
    created_at: datetime

    @classmethod
    def of(cls, account: Account) -> PlatformUser:
        return cls(
            id=account.number,
            username=account.name,
            email=account.email,
            role=_ROLES.get(account.role, account.role),
            avatar_url=account.avatar_url,
            created_at=account.created_at,
        )
