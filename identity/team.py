"""The people and agents of a tenant: listed, invited, given another role, removed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity import repository
from identity.errors import InviteIsPending, LastAdministrator, UserExists, UserNotFound
from identity.models import AccessKey, Invite, Membership, SignIn, User
from identity.types import Principal, Role
from kit.clock import Clock
from kit.crypto import hash_token, new_token
from kit.errors import Detail, Invalid
from kit.ids import new_id

INVITE_PREFIX = "ci"
INVITE_DAYS = 7
_EMAIL = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00]{1,255}")


class MemberType(StrEnum):
    HUMAN = "human"
    AGENT = "agent"


class MemberStatus(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class TeamMember:
    """An agent is its role: `id` and `role` are the agent role, and it is active while it holds a key that works."""

    id: str
    type: MemberType
    name: str
    email: str | None
    role: str
    status: MemberStatus
    last_active_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedInvite:
    """The only time that the token is known."""

    id: str
    token: str
    email: str
    name: str
    role: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"IssuedInvite(id={self.id!r}, email={self.email!r})"


@dataclass(frozen=True, slots=True)
class Team:
    """All methods take the caller's session; the caller has checked the right to change people."""

    clock: Clock

    def list(self, session: Session, principal: Principal) -> Sequence[TeamMember]:
        """People first, then agents, each oldest first."""
        return [*self._people(session, principal.tenant_id), *self._agents(session, principal.tenant_id)]

    def invite(self, session: Session, principal: Principal, *, email: str, name: str, role: Role) -> IssuedInvite:
        """Raises UserExists for an active member and InviteIsPending while an earlier invite is good."""
        email, now = checked_email(email), self.clock.now()
        user = find_user(session, principal.tenant_id, email)
        if user is not None and user.deactivated_at is None:
            raise UserExists(f"{email} is in the team already; change the role instead")
        pending = select(Invite.id).where(
            Invite.scope_type == repository.TENANT_SCOPE, Invite.scope_id == principal.tenant_id,
            Invite.email == email, Invite.accepted_at.is_(None), Invite.revoked_at.is_(None), Invite.expires_at > now,
        )  # fmt: skip
        if session.scalar(pending) is not None:
            raise InviteIsPending(f"{email} has an invite already that was not accepted yet")
        token = new_token(INVITE_PREFIX)
        invite = Invite(
            id=new_id(),
            tenant_id=principal.tenant_id,
            scope_type=repository.TENANT_SCOPE,
            scope_id=principal.tenant_id,
            email=email,
            name=name.strip(),
            role=role,
            token_hash=hash_token(token),
            invited_by=principal.user_id,
            created_at=now,
            expires_at=now + timedelta(days=INVITE_DAYS),
        )
        session.add(invite)
        session.flush()
        return IssuedInvite(invite.id, token, email, invite.name, role, invite.expires_at)

    def change_role(self, session: Session, principal: Principal, user_id: str, role: Role) -> TeamMember:
        """Takes effect on the user's keys and sessions within a second. Raises UserNotFound or LastAdministrator."""
        user, membership = self._member(session, principal, user_id)
        if membership.role == Role.ADMIN and role != Role.ADMIN:
            self._keep_one_administrator(session, principal.tenant_id, user_id)
        membership.role = role
        session.flush()
        return _person(user, membership.role, self._last_uses(session, principal.tenant_id).get(user.id))

    def remove(self, session: Session, principal: Principal, user_id: str) -> None:
        """The account stays as a row, for what it did; its keys and sessions end. Raises as `change_role` does."""
        user, membership = self._member(session, principal, user_id)
        if membership.role == Role.ADMIN:
            self._keep_one_administrator(session, principal.tenant_id, user_id)
        now = self.clock.now()
        user.deactivated_at = now
        for sign_in in session.scalars(select(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))):
            sign_in.ended_at = now
        for key in session.scalars(select(AccessKey).where(AccessKey.user_id == user_id)):
            if key.revoked_at is None:
                key.revoked_at = now
        session.flush()

    def _people(self, session: Session, tenant_id: str) -> Sequence[TeamMember]:
        uses = self._last_uses(session, tenant_id)
        rows = session.execute(
            select(User, Membership.role)
            .outerjoin(
                Membership,
                (Membership.user_id == User.id)
                & (Membership.scope_type == repository.TENANT_SCOPE)
                & (Membership.scope_id == tenant_id),
            )
            .where(User.tenant_id == tenant_id)
            .order_by(User.id)
        )
        return [_person(user, role, uses.get(user.id)) for user, role in rows]

    def _agents(self, session: Session, tenant_id: str) -> Sequence[TeamMember]:
        now = self.clock.now()
        by_role: dict[str, list[AccessKey]] = {}
        wanted = select(AccessKey).where(AccessKey.tenant_id == tenant_id, AccessKey.agent_role.is_not(None))
        for key in session.scalars(wanted.order_by(AccessKey.id)):
            by_role.setdefault(str(key.agent_role), []).append(key)
        return [_agent(role, keys, now) for role, keys in by_role.items()]

    @staticmethod
    def _last_uses(session: Session, tenant_id: str) -> dict[str, datetime]:
        wanted = (
            select(AccessKey.user_id, func.max(AccessKey.last_used_at))
            .where(AccessKey.tenant_id == tenant_id, AccessKey.user_id.is_not(None))
            .where(AccessKey.last_used_at.is_not(None), AccessKey.agent_role.is_(None))
            .group_by(AccessKey.user_id)
        )
        return {str(row[0]): row[1] for row in session.execute(wanted) if row[1] is not None}

    @staticmethod
    def _member(session: Session, principal: Principal, user_id: str) -> tuple[User, Membership]:
        row = session.execute(
            select(User, Membership)
            .join(Membership, Membership.user_id == User.id)
            .where(
                User.id == user_id, User.tenant_id == principal.tenant_id, User.deactivated_at.is_(None),
                Membership.scope_type == repository.TENANT_SCOPE, Membership.scope_id == principal.tenant_id,
            )
        ).one_or_none()  # fmt: skip
        if row is None:
            raise UserNotFound(f"there is no active user {user_id!r} in this tenant")
        return row[0], row[1]

    @staticmethod
    def _keep_one_administrator(session: Session, tenant_id: str, leaving: str) -> None:
        others = (
            select(User.id)
            .join(Membership, Membership.user_id == User.id)
            .where(
                User.tenant_id == tenant_id, User.deactivated_at.is_(None), User.id != leaving,
                Membership.scope_type == repository.TENANT_SCOPE, Membership.scope_id == tenant_id,
                Membership.role == Role.ADMIN,
            )
        )  # fmt: skip
        if session.scalar(others.limit(1)) is None:
            raise LastAdministrator(f"user {leaving} is the only administrator; make another one first")


def checked_email(email: str) -> str:
    """In lower case, as it is compared."""
    clean = email.strip().lower()
    if not _EMAIL.fullmatch(clean):
        message = f"{email[:80]!r} is no e-mail address"
        raise Invalid(message, details=[Detail("email", message)])
    return clean


def find_user(session: Session, tenant_id: str, email: str) -> User | None:
    return session.scalar(select(User).where(User.tenant_id == tenant_id, func.lower(User.email) == email))


def _person(user: User, role: str | None, last_active_at: datetime | None) -> TeamMember:
    is_active = user.deactivated_at is None and role is not None
    return TeamMember(
        id=user.id,
        type=MemberType.HUMAN,
        name=user.name,
        email=user.email,
        role=role or "",
        status=MemberStatus.ACTIVE if is_active else MemberStatus.TERMINATED,
        last_active_at=last_active_at,
        created_at=user.created_at,
    )


def _agent(role: str, keys: Sequence[AccessKey], now: datetime) -> TeamMember:
    works = any(key.revoked_at is None and (key.expires_at is None or key.expires_at > now) for key in keys)
    return TeamMember(
        id=role,
        type=MemberType.AGENT,
        name=role,
        email=None,
        role=role,
        status=MemberStatus.ACTIVE if works else MemberStatus.INACTIVE,
        last_active_at=max((key.last_used_at for key in keys if key.last_used_at is not None), default=None),
        created_at=min(key.created_at for key in keys),
    )
