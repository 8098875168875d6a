"""The team as the dashboard sends and receives it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from api.fields import STORABLE, RequestBody, ResponseBody
from identity.team import IssuedInvite, MemberStatus, MemberType, TeamMember
from identity.types import Role


class Member(ResponseBody):
    """Fields that do not apply are left out: agents have no e-mail address."""

    id: str = Field(description="Of a person; of an agent its role")
    type: MemberType
    name: str
    email: str | SkipJsonSchema[None] = None
    role: str = Field(description="A person's role in the tenant, or the agent's role")
    status: MemberStatus
    last_active_at: datetime | SkipJsonSchema[None] = Field(None, description="To the minute")
    created_on: datetime

    @classmethod
    def of(cls, member: TeamMember) -> Member:
        return cls(
            id=member.id,
            type=member.type,
            name=member.name,
            email=member.email,
            role=member.role,
            status=member.status,
            last_active_at=member.last_active_at,
            created_on=member.created_at,
        )


class TeamList(ResponseBody):
    data: list[Member]


class Invitation(RequestBody):
    model_config = ConfigDict(
        json_schema_extra={"example": {"email": "ada@example.com", "name": "Ada", "role": "member"}}
    )

    email: Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^@\s]+@[^@\s]+$"), STORABLE]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
    role: Role


class Invited(ResponseBody):
    invite_id: str
    invite_url: str = Field(description="To be opened by the person invited; shown this once")
    expires_at: datetime

    @classmethod
    def of(cls, issued: IssuedInvite, url: str) -> Invited:
        return cls(invite_id=issued.id, invite_url=url, expires_at=issued.expires_at)


class RoleChange(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"role": "reviewer"}})

    role: Role
