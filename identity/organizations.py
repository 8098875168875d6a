"""Organizations of a tenant, their members, invites and keys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.errors import (
    InviteIsPending,
    InviteNotFound,
    IsMember,
    LastOwner,
    NeedsRole,
    OrganizationNotFound,
    SlugTaken,
    UserNotFound,
)
from identity.models import Invite, Membership, Organization, User
from identity.team import INVITE_DAYS, INVITE_PREFIX, IssuedInvite, checked_email
from identity.types import Principal, Scope
from kit.clock import Clock
from kit.crypto import hash_token, new_token
from kit.ids import new_id

SCOPE = "org"
ROLES = ("owner", "admin", "member", "viewer")
_UNFIT = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class OrganizationView:
    id: str
    name: str
    slug: str
    avatar_url: str | None
    member_count: int
    my_role: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class OrganizationMember:
    user_id: str
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
class Organizations:
    """All methods take the caller's session. OrganizationNotFound for one that the caller is no member of, unless the
    caller manages the tenant; NeedsRole where the caller's role in it is not enough."""

    clock: Clock

    def list(
        self, session: Session, principal: Principal, *, limit: int, offset: int
    ) -> tuple[Sequence[OrganizationView], int]:
        """A page, oldest first, and how many there are in all."""
        rows = [row for row in self._living(session, principal) if self._sees(session, principal, row)]
        return [self._view(session, principal, row) for row in rows[offset : offset + limit]], len(rows)

    def get(self, session: Session, principal: Principal, organization_id: str) -> OrganizationView:
        return self._view(session, principal, self._row(session, principal, organization_id))

    def create(self, session: Session, principal: Principal, *, name: str, slug: str | None) -> OrganizationView:
        """The caller becomes its owner. Raises SlugTaken, or UserNotFound for a key that belongs to nobody."""
        if principal.user_id is None or principal.is_narrowed:
            raise UserNotFound("an organization needs an owner, and this key belongs to no user")
        now = self.clock.now()
        row = Organization(
            id=new_id(), tenant_id=principal.tenant_id, name=name.strip(), slug=slug or slug_of(name),
            avatar_url=None, created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(row)
        _flush_slug(session, row.slug)
        self._join(session, row.id, principal.user_id, "owner")
        return self._view(session, principal, row)

    def change(
        self, session: Session, principal: Principal, organization_id: str, *,
        name: str | None, slug: str | None, avatar_url: str | None,
    ) -> OrganizationView:  # fmt: skip
        row = self._row(session, principal, organization_id, least="admin")
        row.name = row.name if name is None else name.strip()
        row.slug = slug or row.slug
        row.avatar_url = row.avatar_url if avatar_url is None else avatar_url or None
        row.updated_at = self.clock.now()
        _flush_slug(session, row.slug)
        return self._view(session, principal, row)

    def delete(self, session: Session, principal: Principal, organization_id: str) -> None:
        row = self._row(session, principal, organization_id, least="owner")
        row.deleted_at = row.updated_at = self.clock.now()
        session.flush()

    def members(self, session: Session, principal: Principal, organization_id: str) -> Sequence[OrganizationMember]:
        row = self._row(session, principal, organization_id)
        return [_member(user, membership) for user, membership in self._memberships(session, row.id)]

    def add_member(
        self, session: Session, principal: Principal, organization_id: str, *, user_id: str, role: str
    ) -> OrganizationMember:
        """Raises UserNotFound for somebody of another tenant, and IsMember."""
        row = self._row(session, principal, organization_id, least="owner" if role == "owner" else "admin")
        user = self._user(session, principal, user_id)
        if any(known.id == user.id for known, _ in self._memberships(session, row.id)):
            raise IsMember(f"user {user_id} is a member already")
        return _member(user, self._join(session, row.id, user.id, role))

    def change_member(
        self, session: Session, principal: Principal, organization_id: str, user_id: str, *, role: str
    ) -> OrganizationMember:
        user, membership = self._membership(session, principal, organization_id, user_id, wanted=role)
        membership.role = role
        session.flush()
        return _member(user, membership)

    def remove_member(self, session: Session, principal: Principal, organization_id: str, user_id: str) -> None:
        _, membership = self._membership(session, principal, organization_id, user_id, wanted=None)
        session.delete(membership)
        session.flush()

    def invites(self, session: Session, principal: Principal, organization_id: str) -> Sequence[PendingInvite]:
        row = self._row(session, principal, organization_id, least="admin")
        return [
            PendingInvite(invite.id, invite.email, invite.role, invite.created_at, invite.expires_at)
            for invite in session.scalars(self._pending(row.id))
        ]

    def invite(
        self, session: Session, principal: Principal, organization_id: str, *, email: str, role: str
    ) -> IssuedInvite:
        """Raises InviteIsPending while an earlier one is good."""
        row = self._row(session, principal, organization_id, least="admin")
        email, now, token = checked_email(email), self.clock.now(), new_token(INVITE_PREFIX)
        if session.scalar(self._pending(row.id).where(Invite.email == email)) is not None:
            raise InviteIsPending(f"{email} has an invite already that was not accepted yet")
        invite = Invite(
            id=new_id(), tenant_id=row.tenant_id, scope_type=SCOPE, scope_id=row.id, email=email, name=email, role=role,
            token_hash=hash_token(token), invited_by=principal.user_id, created_at=now,
            expires_at=now + timedelta(days=INVITE_DAYS),
        )  # fmt: skip
        session.add(invite)
        session.flush()
        return IssuedInvite(invite.id, token, email, row.name, role, invite.expires_at)

    def accept(self, session: Session, principal: Principal, token: str) -> OrganizationView:
        """For somebody of the same tenant whose address was invited. InviteNotFound for every reason not to."""
        invite = session.scalar(select(Invite).where(Invite.token_hash == hash_token(token)).with_for_update())
        user = None if principal.user_id is None else session.get(User, principal.user_id)
        now = self.clock.now()
        if invite is None or user is None or invite.scope_type != SCOPE or invite.tenant_id != principal.tenant_id:
            raise InviteNotFound
        if invite.accepted_at or invite.revoked_at or invite.expires_at <= now or invite.email != user.email.lower():
            raise InviteNotFound
        row = session.get_one(Organization, invite.scope_id)
        if row.deleted_at is not None:
            raise InviteNotFound
        if not any(known.id == user.id for known, _ in self._memberships(session, row.id)):
            self._join(session, row.id, user.id, invite.role)
        invite.accepted_at = now
        session.flush()
        return self._view(session, principal, row)

    def check_manages(self, session: Session, principal: Principal, organization_id: str) -> None:
        """For what hangs on an organization, such as its keys: admins of it, and managers of the tenant."""
        self._row(session, principal, organization_id, least="admin")

    def _row(
        self, session: Session, principal: Principal, organization_id: str, *, least: str = "viewer"
    ) -> Organization:
        row = session.get(Organization, organization_id)
        if row is None or row.deleted_at is not None or not self._sees(session, principal, row):
            raise OrganizationNotFound(f"there is no organization {organization_id!r}, or this key may not see it")
        role = self._role(session, principal, row)
        if not _manages(principal) and (role is None or ROLES.index(role) > ROLES.index(least)):
            raise NeedsRole(f"this needs the role {least} in organization {row.slug!r}")
        return row

    @staticmethod
    def _living(session: Session, principal: Principal) -> Sequence[Organization]:
        wanted = select(Organization).where(
            Organization.tenant_id == principal.tenant_id, Organization.deleted_at.is_(None)
        )
        return list(session.scalars(wanted.order_by(Organization.id)))

    def _sees(self, session: Session, principal: Principal, row: Organization) -> bool:
        if row.tenant_id != principal.tenant_id or principal.is_narrowed:
            return False
        return _manages(principal) or self._role(session, principal, row) is not None

    @staticmethod
    def _role(session: Session, principal: Principal, row: Organization) -> str | None:
        if principal.user_id is None:
            return None
        return session.scalar(
            select(Membership.role).where(
                Membership.user_id == principal.user_id, Membership.scope_type == SCOPE, Membership.scope_id == row.id
            )
        )

    @staticmethod
    def _memberships(session: Session, organization_id: str) -> Sequence[tuple[User, Membership]]:
        rows = session.execute(
            select(User, Membership)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.scope_type == SCOPE, Membership.scope_id == organization_id, User.deactivated_at.is_(None)
            )
            .order_by(Membership.id)
        )
        return [(row[0], row[1]) for row in rows]

    def _membership(
        self, session: Session, principal: Principal, organization_id: str, user_id: str, *, wanted: str | None
    ) -> tuple[User, Membership]:
        """To be changed to `wanted`, or removed: an organization keeps an owner, and only owners make owners."""
        row = self._row(session, principal, organization_id, least="owner" if wanted == "owner" else "admin")
        members = self._memberships(session, row.id)
        found = next(((user, m) for user, m in members if user_id in {user.id, str(user.number)}), None)
        if found is None:
            raise UserNotFound(f"user {user_id!r} is no member of this organization")
        owners = [membership for _, membership in members if membership.role == "owner"]
        if found[1].role == "owner":
            self._row(session, principal, organization_id, least="owner")
            if wanted != "owner" and len(owners) == 1:
                raise LastOwner("an organization keeps an owner; make another one first")
        return found

    @staticmethod
    def _user(session: Session, principal: Principal, user_id: str) -> User:
        wanted = User.number == int(user_id) if user_id.isdecimal() and len(user_id) < 10 else User.id == user_id
        user = session.scalar(
            select(User).where(wanted, User.tenant_id == principal.tenant_id, User.deactivated_at.is_(None))
        )
        if user is None:
            raise UserNotFound(f"there is no user {user_id!r}")
        return user

    def _join(self, session: Session, organization_id: str, user_id: str, role: str) -> Membership:
        membership = Membership(
            id=new_id(), user_id=user_id, scope_type=SCOPE, scope_id=organization_id, role=role,
            created_at=self.clock.now(),
        )  # fmt: skip
        session.add(membership)
        session.flush()
        return membership

    def _pending(self, organization_id: str):  # type: ignore[no-untyped-def]  # a Select of invites
        return select(Invite).where(
            Invite.scope_type == SCOPE, Invite.scope_id == organization_id, Invite.accepted_at.is_(None),
            Invite.revoked_at.is_(None), Invite.expires_at > self.clock.now(),
        )  # fmt: skip

    def _view(self, session: Session, principal: Principal, row: Organization) -> OrganizationView:
        count = session.scalar(
            select(func.count()).where(Membership.scope_type == SCOPE, Membership.scope_id == row.id)
        )
        return OrganizationView(
            row.id, row.name, row.slug, row.avatar_url, count or 0, self._role(session, principal, row),
            row.created_at, row.updated_at,
        )  # fmt: skip


def slug_of(name: str) -> str:
    return _UNFIT.sub("-", name.lower()).strip("-")[:100] or "organization"


def _manages(principal: Principal) -> bool:
    return principal.may(Scope.MANAGE) and not principal.is_narrowed


def _member(user: User, membership: Membership) -> OrganizationMember:
    return OrganizationMember(user.id, user.name, user.email, membership.role, membership.created_at)


def _flush_slug(session: Session, slug: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise SlugTaken(f"the slug {slug!r} is taken in this tenant; choose another") from error
