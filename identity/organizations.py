"""Organizations of a tenant, their members, invites and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.errors import InviteNotFound, LastOwner, NeedsRole, OrganizationNotFound, SlugTaken, UserNotFound
from identity.memberships import Member, Memberships, PendingInvite, manages, member_of
from identity.models import AccessKey, Membership, Organization, User
from identity.team import IssuedInvite
from identity.types import Principal, ScopeKind
from kit.clock import Clock
from kit.ids import new_id
from kit.slugs import slug_of

ROLES = ("owner", "admin", "member", "viewer")


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
class Organizations:
    """All methods take the caller's session. OrganizationNotFound for one that the caller is no member of, unless the
    caller manages the tenant; NeedsRole where the caller's role in it is not enough."""

    clock: Clock
    _members: Memberships = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_members", Memberships(ScopeKind.ORGANIZATION, ROLES, self.clock))

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
            id=new_id(), tenant_id=principal.tenant_id, name=name.strip(),
            slug=slug or slug_of(name, otherwise="organization"), avatar_url=None, created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(row)
        _flush_slug(session, row.slug)
        self._members.join(session, row.id, principal.user_id, "owner")
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
        """Its keys end with it."""
        row = self._row(session, principal, organization_id, least="owner")
        row.deleted_at = row.updated_at = now = self.clock.now()
        for key in session.scalars(select(AccessKey).where(AccessKey.organization_id == row.id)):
            key.revoked_at = key.revoked_at or now
        session.flush()

    def members(self, session: Session, principal: Principal, organization_id: str) -> Sequence[Member]:
        return self._members.list(session, self._row(session, principal, organization_id).id)

    def add_member(
        self, session: Session, principal: Principal, organization_id: str, *, user_id: str, role: str
    ) -> Member:
        """Raises UserNotFound for somebody of another tenant, and IsMember."""
        row = self._row(session, principal, organization_id, least="owner" if role == "owner" else "admin")
        return self._members.add(session, principal, row.id, user_id=user_id, role=role)

    def change_member(
        self, session: Session, principal: Principal, organization_id: str, user_id: str, *, role: str
    ) -> Member:
        user, membership = self._membership(session, principal, organization_id, user_id, wanted=role)
        membership.role = role
        session.flush()
        return member_of(user, membership)

    def remove_member(self, session: Session, principal: Principal, organization_id: str, user_id: str) -> None:
        _, membership = self._membership(session, principal, organization_id, user_id, wanted=None)
        session.delete(membership)
        session.flush()

    def invites(self, session: Session, principal: Principal, organization_id: str) -> Sequence[PendingInvite]:
        return self._members.invites(session, self._row(session, principal, organization_id, least="admin").id)

    def invite(
        self, session: Session, principal: Principal, organization_id: str, *, email: str, role: str
    ) -> IssuedInvite:
        """Raises InviteIsPending while an earlier one is good."""
        row = self._row(session, principal, organization_id, least="admin")
        return self._members.invite(session, principal, row.id, email=email, role=role, name=row.name)

    def accept(self, session: Session, principal: Principal, token: str) -> OrganizationView:
        """For somebody of the same tenant whose address was invited. InviteNotFound for every reason not to."""
        row = session.get_one(Organization, self._members.accept(session, principal, token))
        if row.deleted_at is not None:
            raise InviteNotFound
        return self._view(session, principal, row)

    def check_manages(self, session: Session, principal: Principal, organization_id: str) -> None:
        """For what hangs on an organization, such as its keys: admins of it, and managers of the tenant."""
        self._row(session, principal, organization_id, least="admin")

    def _row(
        self, session: Session, principal: Principal, organization_id: str, *, least: str = "viewer"
    ) -> Organization:
        wanted = select(Organization).where(
            Organization.id == organization_id, Organization.tenant_id == principal.tenant_id,
            Organization.deleted_at.is_(None),
        )  # fmt: skip
        row = session.scalar(wanted)  # by tenant in the query, so that time does not tell what others have
        if row is None or not self._sees(session, principal, row):
            raise OrganizationNotFound(f"there is no organization {organization_id!r}, or this key may not see it")
        role = self._members.role_of(session, principal, row.id)
        if not manages(principal) and not self._members.reaches(role, least):
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
        return manages(principal) or self._members.role_of(session, principal, row.id) is not None

    def _membership(
        self, session: Session, principal: Principal, organization_id: str, user_id: str, *, wanted: str | None
    ) -> tuple[User, Membership]:
        """To be changed to `wanted`, or removed: an organization keeps an owner, and only owners make owners."""
        row = self._row(session, principal, organization_id, least="owner" if wanted == "owner" else "admin")
        found = self._members.found(session, row.id, user_id)
        if found[1].role == "owner":
            self._row(session, principal, organization_id, least="owner")
            owners = [one for _, one in self._members.rows(session, row.id) if one.role == "owner"]
            if wanted != "owner" and len(owners) == 1:
                raise LastOwner("an organization keeps an owner; make another one first")
        return found

    def _view(self, session: Session, principal: Principal, row: Organization) -> OrganizationView:
        return OrganizationView(
            row.id, row.name, row.slug, row.avatar_url, self._members.count(session, row.id),
            self._members.role_of(session, principal, row.id), row.created_at, row.updated_at,
        )  # fmt: skip


def _flush_slug(session: Session, slug: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise SlugTaken(f"the slug {slug!r} is taken in this tenant; choose another") from error
