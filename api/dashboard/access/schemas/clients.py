"""Clients as the dashboard sends and receives them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from api.fields import STORABLE, RequestBody, ResponseBody
from identity.clients import ClientView
from identity.memberships import Member


class Client(ResponseBody):
    id: str
    name: str
    agent_role: str = Field(description="What datasets must allow for the client's keys to read them")
    member_count: int
    my_role: str | None = Field(description="The caller's for this client; null for who is no member")
    created_on: datetime

    @classmethod
    def of(cls, view: ClientView) -> Client:
        return cls(
            id=view.id, name=view.name, agent_role=view.agent_role, member_count=view.member_count,
            my_role=view.my_role, created_on=view.created_at,
        )  # fmt: skip


class ClientList(ResponseBody):
    data: list[Client]


class ClientCreation(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"name": "Harbour Lights Ltd"}})

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
    agent_role: Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), STORABLE] | None = Field(
        None, description="Left out, only datasets that are open to every agent are open to its keys"
    )


class ClientMember(ResponseBody):
    user_id: str
    name: str
    email: str
    role: str
    joined_on: datetime

    @classmethod
    def of(cls, member: Member) -> ClientMember:
        return cls(
            user_id=member.user_id, name=member.name, email=member.email, role=member.role, joined_on=member.joined_at
        )


class ClientMemberList(ResponseBody):
    data: list[ClientMember]


class NewClientMember(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"userId": "01K8Z3Q0V2M6W4T9B7C5D1E8FA", "role": "member"}})

    user_id: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]
    role: Literal["owner", "admin", "member", "viewer"] = "member"
