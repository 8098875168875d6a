"""Invites as the platform shows them, and how they are sent."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request
from pydantic import Field

from api.deps import public_address
from api.invitations import mailed
from api.platform.envelope import Record
from identity.memberships import PendingInvite
from identity.team import IssuedInvite
from orchestration.runtime import Runtime


class InviteRecord(Record):
    id: str
    email: str
    role: str
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, invite: PendingInvite) -> InviteRecord:
        return cls(
            id=invite.id, email=invite.email, role=invite.role, created_at=invite.created_at,
            expires_at=invite.expires_at,
        )  # fmt: skip


class SentInvite(Record):
    id: str
    email: str
    role: str
    expires_at: datetime
    invite_url: str = Field(description="As it was sent; shown this once")
    is_sent: bool = Field(description="False where the mail server did not take it: hand the link on yourself")


def send_invite(runtime: Runtime, request: Request, issued: IssuedInvite) -> SentInvite:
    url, is_sent = mailed(runtime, issued, base=public_address(runtime, request))
    return SentInvite(
        id=issued.id, email=issued.email, role=issued.role, expires_at=issued.expires_at, invite_url=url,
        is_sent=is_sent,
    )  # fmt: skip
