"""Who belongs to an organization or a team, with which role, and who was asked to join."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from identity.errors import InviteIsPending, InviteNotFound, IsMember, UserNotFound
from identity.models import Invite, Membership, User
from identity.team import INVITE_DAYS, INVITE_PREFIX, IssuedInvite, checked_email
from identity.types import Principal, Scope, ScopeKind
from kit.clock import Clock
from kit.crypto import hash_token, new_token
from kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Member:
    user_id: str
    number: int
    name: str
    email: str
    role: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class PendingInvite:
    id: str
    email: str
    role: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Memberships:
    """Of one kind of scope. `roles` are from the highest down; who may ask has been checked by the caller."""

    kind: ScopeKind
    roles: tuple[str, ...]
    clock: Clock

    def reaches(self, role: str | None, least: str) -> bool:
        return role is not None and self.roles.index(role) <= self.roles.index(least)

    def role_of(self, session: Session, principal: Principal, scope_id: str) -> str | None:
        """The caller's; None for who is no member, and for keys that belong to nobody."""
        if principal.user_id is None:
            return None
        return session.scalar(
            select(Membership.role).where(
                Membership.user_id == principal.user_id, Membership.scope_type == self.kind,
                Membership.scope_id == scope_id,
            )
        )  # fmt: skip

    def count(self, session: Session, scope_id: str) -> int:
        return session.scalar(self._of(scope_id).with_only_columns(func.count()).order_by(None)) or 0

    def rows(self, session: Session, scope_id: str) -> Sequence[tuple[User, Membership]]:
        """In the order in which they joined, without accounts that are closed."""
        return [(row[0], row[1]) for row in session.execute(self._of(scope_id))]

    def list(self, session: Session, scope_id: str) -> Sequence[Member]:
        return [member_of(user, membership) for user, membership in self.rows(session, scope_id)]

    def found(self, session: Session, scope_id: str, user_id: str) -> tuple[User, Membership]:
        """By the user's id or number."""
        for user, membership in self.rows(session, scope_id):
            if user_id in {user.id, str(user.number)}:
                return user, membership
        raise UserNotFound(f"user {user_id!r} is no member here")

    def add(self, session: Session, principal: Principal, scope_id: str, *, user_id: str, role: str) -> Member:
        """`user_id` is an id or a number. Raises UserNotFound for somebody of another tenant, and IsMember."""
        wanted = User.number == int(user_id) if user_id.isdecimal() and len(user_id) < 10 else User.id == user_id
        user = session.scalar(
            select(User).where(wanted, User.tenant_id == principal.tenant_id, User.deactivated_at.is_(None))
        )
        if user is None:
            raise UserNotFound(f"there is no user {user_id!r}")
        if any(known.id == user.id for known, _ in self.rows(session, scope_id)):
            raise IsMember(f"user {user_id} is a member already")
        return member_of(user, self.join(session, scope_id, user.id, role))

    def join(self, session: Session, scope_id: str, user_id: str, role: str) -> Membership:
        membership = Membership(
            id=new_id(), user_id=user_id, scope_type=self.kind, scope_id=scope_id, role=role,
            created_at=self.clock.now(),
        )  # fmt: skip
        session.add(membership)
        session.flush()
        return membership

    def invites(self, session: Session, scope_id: str) -> Sequence[PendingInvite]:
        return [
            PendingInvite(invite.id, invite.email, invite.role, invite.created_at, invite.expires_at)
            for invite in session.scalars(self._pending(scope_id))
        ]

    def invite(
        self, session: Session, principal: Principal, scope_id: str, *, email: str, role: str, name: str
    ) -> IssuedInvite:
        """`name` is the scope's, for the message. Raises InviteIsPending while an earlier one is good."""
        email, now, token = checked_email(email), self.clock.now(), new_token(INVITE_PREFIX)
        if session.scalar(self._pending(scope_id).where(Invite.email == email)) is not None:
            raise InviteIsPending(f"{email} has an invite already that was not accepted yet")
        invite = Invite(
            id=new_id(), tenant_id=principal.tenant_id, scope_type=self.kind, scope_id=scope_id, email=email,
            name=email[:200], role=role, token_hash=hash_token(token), invited_by=principal.user_id, created_at=now,
            expires_at=now + timedelta(days=INVITE_DAYS),
        )  # fmt: skip
        session.add(invite)
        session.flush()
        return IssuedInvite(invite.id, token, email, name, role, invite.expires_at)

    def accept(self, session: Session, principal: Principal, token: str) -> str:
        """Makes the caller a member, and returns the id of the scope. For somebody of the same tenant whose address was
        invited; InviteNotFound for every reason not to."""
        invite = session.scalar(select(Invite).where(Invite.token_hash == hash_token(token)).with_for_update())
        user = None if principal.user_id is None else session.get(User, principal.user_id)
        now = self.clock.now()
        if invite is None or user is None or invite.scope_type != self.kind or invite.tenant_id != principal.tenant_id:
            raise InviteNotFound
        if invite.accepted_at or invite.revoked_at or invite.expires_at <= now or invite.email != user.email.lower():
            raise InviteNotFound
        if not any(known.id == user.id for known, _ in self.rows(session, invite.scope_id)):
            self.join(session, invite.scope_id, user.id, invite.role)
        invite.accepted_at = now
        session.flush()
        return invite.scope_id

    def _of(self, scope_id: str) -> Select[User, Membership]:
        return (
            select(User, Membership)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.scope_type == self.kind, Membership.scope_id == scope_id, User.deactivated_at.is_(None))
            .order_by(Membership.id)
        )

    def _pending(self, scope_id: str) -> Select[Invite]:
        return select(Invite).where(
            Invite.scope_type == self.kind, Invite.scope_id == scope_id, Invite.accepted_at.is_(None),
            Invite.revoked_at.is_(None), Invite.expires_at > self.clock.now(),
        )  # fmt: skip


def manages(principal: Principal) -> bool:
    """Whether the caller rules the whole tenant, and so every scope in it."""
    return principal.may(Scope.MANAGE) and not principal.is_narrowed


def member_of(user: User, membership: Membership) -> Member:
    return Member(user.id, user.number or 0, user.name, user.email, membership.role, membership.created_at)
