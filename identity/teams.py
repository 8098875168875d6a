"""Teams: groups of people within a tenant, which everybody in it sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.errors import InviteNotFound, NeedsRole, TeamNotFound, UserNotFound
from identity.memberships import Member, Memberships, PendingInvite, manages
from identity.models import Team
from identity.numbers import Numbered, take_turns
from identity.team import IssuedInvite
from identity.types import Principal, ScopeKind
from kit.clock import Clock
from kit.ids import new_id

ROLES = ("owner", "admin", "member")


@dataclass(frozen=True, slots=True)
class TeamView:
    """`number` is what the team is named by."""

    number: int
    name: str
    description: str | None
    member_count: int
    my_role: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Teams:
    """All methods take the caller's session. TeamNotFound for another tenant's team, and for every team where the key
    is narrowed; NeedsRole where the caller's role in the team is not enough, unless the caller manages the tenant."""

    clock: Clock
    _members: Memberships = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_members", Memberships(ScopeKind.TEAM, ROLES, self.clock))

    def list(
        self, session: Session, principal: Principal, *, name: str | None, limit: int, offset: int
    ) -> tuple[Sequence[TeamView], int]:
        """A page, oldest first, and how many there are in all. `name` is a part of the name, whatever its case."""
        if principal.is_narrowed:
            return [], 0
        wanted = select(Team).where(Team.tenant_id == principal.tenant_id, Team.deleted_at.is_(None))
        if name is not None:
            wanted = wanted.where(Team.name.icontains(name, autoescape=True))
        total = session.scalar(wanted.with_only_columns(func.count())) or 0
        rows = session.scalars(wanted.order_by(Team.number).limit(limit).offset(offset))
        return [self._view(session, principal, row) for row in rows], total

    def get(self, session: Session, principal: Principal, number: int) -> TeamView:
        return self._view(session, principal, self._row(session, principal, number))

    def create(self, session: Session, principal: Principal, *, name: str, description: str | None) -> TeamView:
        """The caller becomes its owner. UserNotFound for a key that belongs to nobody."""
        if principal.user_id is None or principal.is_narrowed:
            raise UserNotFound("a team needs an owner, and this key belongs to no user")
        row = self._added(session, principal, name=name, description=description)
        self._members.join(session, row.id, principal.user_id, "owner")
        return self._view(session, principal, row)

    def change(
        self, session: Session, principal: Principal, number: int, *, name: str | None, description: str | None
    ) -> TeamView:
        """None leaves a field as it is, an empty description removes it."""
        row = self._row(session, principal, number, least="admin")
        row.name = row.name if name is None else name.strip()
        row.description = row.description if description is None else description or None
        row.updated_at = self.clock.now()
        session.flush()
        return self._view(session, principal, row)

    def delete(self, session: Session, principal: Principal, number: int) -> None:
        row = self._row(session, principal, number, least="admin")
        row.deleted_at = row.updated_at = self.clock.now()
        session.flush()

    def members(self, session: Session, principal: Principal, number: int) -> Sequence[Member]:
        return self._members.list(session, self._row(session, principal, number).id)

    def add_member(self, session: Session, principal: Principal, number: int, *, user_number: int, role: str) -> Member:
        """Only owners make owners. Raises UserNotFound for somebody of another tenant, and IsMember."""
        row = self._row(session, principal, number, least="owner" if role == "owner" else "admin")
        return self._members.add(session, principal, row.id, user_id=str(user_number), role=role)

    def invites(self, session: Session, principal: Principal, number: int) -> Sequence[PendingInvite]:
        return self._members.invites(session, self._row(session, principal, number, least="admin").id)

    def invite(self, session: Session, principal: Principal, number: int, *, email: str, role: str) -> IssuedInvite:
        """Only owners invite owners. Raises InviteIsPending while an earlier one is good."""
        row = self._row(session, principal, number, least="owner" if role == "owner" else "admin")
        return self._members.invite(session, principal, row.id, email=email, role=role, name=row.name)

    def accept(self, session: Session, principal: Principal, token: str) -> TeamView:
        """For somebody of the same tenant whose address was invited. InviteNotFound for every reason not to."""
        row = session.get_one(Team, self._members.accept(session, principal, token))
        if row.deleted_at is not None:
            raise InviteNotFound
        return self._view(session, principal, row)

    def _added(self, session: Session, principal: Principal, *, name: str, description: str | None) -> Team:
        now = self.clock.now()
        take_turns(session, Numbered.TEAM)
        row = Team(
            id=new_id(), tenant_id=principal.tenant_id, name=name.strip(), description=description or None,
            created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.refresh(row)
        return row

    def _row(self, session: Session, principal: Principal, number: int, *, least: str | None = None) -> Team:
        row = None
        if not principal.is_narrowed:
            wanted = select(Team).where(
                Team.number == number, Team.tenant_id == principal.tenant_id, Team.deleted_at.is_(None)
            )
            row = session.scalar(wanted)
        if row is None:
            raise TeamNotFound(f"there is no team {number}, or this key may not see it")
        role = self._members.role_of(session, principal, row.id)
        if least is not None and not manages(principal) and not self._members.reaches(role, least):
            raise NeedsRole(f"this needs the role {least} in team {number}")
        return row

    def _view(self, session: Session, principal: Principal, row: Team) -> TeamView:
        return TeamView(
            row.number, row.name, row.description, self._members.count(session, row.id),
            self._members.role_of(session, principal, row.id), row.created_at, row.updated_at,
        )  # fmt: skip
