"""Clients: whom a tenant works for. People see those that they are members of; a client's key sees its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from identity.errors import ClientNotFound, NeedsRole
from identity.key_rules import checked_agent_role, checked_name
from identity.memberships import Member, Memberships, manages
from identity.models import AccessKey, Client
from identity.types import Principal, ScopeKind
from kit.clock import Clock
from kit.errors import Forbidden
from kit.ids import new_id

ROLES = ("owner", "admin", "member", "viewer")


@dataclass(frozen=True, slots=True)
class ClientView:
    """`agent_role` is what datasets must allow for the client's keys to read them."""

    id: str
    name: str
    agent_role: str
    member_count: int
    my_role: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Clients:
    """All methods take the caller's session. ClientNotFound for one that the caller may not see; NeedsRole where the
    caller's role in it is not enough. Who manages the tenant rules all of them."""

    clock: Clock
    _members: Memberships = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_members", Memberships(ScopeKind.CLIENT, ROLES, self.clock))

    def list(self, session: Session, principal: Principal) -> Sequence[ClientView]:
        """Oldest first."""
        wanted = select(Client).where(Client.tenant_id == principal.tenant_id, Client.deleted_at.is_(None))
        rows = session.scalars(wanted.order_by(Client.id))
        return [self._view(session, principal, row) for row in rows if self._sees(session, principal, row.id)]

    def get(self, session: Session, principal: Principal, client_id: str) -> ClientView:
        return self._view(session, principal, self._row(session, principal, client_id))

    def create(self, session: Session, principal: Principal, *, name: str, agent_role: str | None) -> ClientView:
        """Without an agent role its keys have the client's id as one, so that nothing but datasets open to every agent
        is open to them. Raises Forbidden for who does not manage the tenant, or Invalid."""
        if not manages(principal):
            raise Forbidden("clients are made by who manages the tenant")
        client_id = new_id()
        row = Client(
            id=client_id, tenant_id=principal.tenant_id, name=checked_name(name),
            agent_role=checked_agent_role(agent_role) or client_id, created_at=self.clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        if principal.user_id is not None:
            self._members.join(session, row.id, principal.user_id, "owner")
        return self._view(session, principal, row)

    def delete(self, session: Session, principal: Principal, client_id: str) -> None:
        """Its keys end with it."""
        row = self._row(session, principal, client_id, least="owner")
        row.deleted_at = self.clock.now()
        self._end_keys(session, row)

    def members(self, session: Session, principal: Principal, client_id: str) -> Sequence[Member]:
        return self._members.list(session, self._row(session, principal, client_id).id)

    def add_member(self, session: Session, principal: Principal, client_id: str, *, user_id: str, role: str) -> Member:
        """Raises UserNotFound for somebody of another tenant, and IsMember."""
        row = self._row(session, principal, client_id, least="owner" if role == "owner" else "admin")
        return self._members.add(session, principal, row.id, user_id=user_id, role=role)

    def remove_member(self, session: Session, principal: Principal, client_id: str, user_id: str) -> None:
        """Their keys for this client end. Raises UserNotFound for who is no member. The last one may go: who manages
        the tenant is always there."""
        row = self._row(session, principal, client_id, least="admin")
        user, membership = self._members.found(session, row.id, user_id)
        if membership.role == "owner":
            self._row(session, principal, client_id, least="owner")
        session.delete(membership)
        self._end_keys(session, row, AccessKey.user_id == user.id)

    def _end_keys(self, session: Session, row: Client, *which: ColumnElement[bool]) -> None:
        now = self.clock.now()
        for key in session.scalars(select(AccessKey).where(AccessKey.client_id == row.id, *which)):
            key.revoked_at = key.revoked_at or now
        session.flush()

    def _row(self, session: Session, principal: Principal, client_id: str, *, least: str = "viewer") -> Client:
        wanted = select(Client).where(
            Client.id == client_id, Client.tenant_id == principal.tenant_id, Client.deleted_at.is_(None)
        )
        row = session.scalar(wanted)  # by tenant in the query, so that time does not tell what others have
        if row is None or not self._sees(session, principal, row.id):
            raise ClientNotFound(f"there is no client {client_id!r}, or this key may not see it")
        is_viewer = least == "viewer"
        if not manages(principal) and not is_viewer and not self._reaches(session, principal, row.id, least):
            raise NeedsRole(f"this needs the role {least} for client {row.name!r}")
        return row

    def _reaches(self, session: Session, principal: Principal, client_id: str, least: str) -> bool:
        """A narrowed key sees its client and changes nothing about it."""
        role = None if principal.is_narrowed else self._members.role_of(session, principal, client_id)
        return self._members.reaches(role, least)

    def _sees(self, session: Session, principal: Principal, client_id: str) -> bool:
        if principal.client_id is not None or principal.is_narrowed:
            return principal.client_id == client_id
        return manages(principal) or self._members.role_of(session, principal, client_id) is not None

    def _view(self, session: Session, principal: Principal, row: Client) -> ClientView:
        return ClientView(
            row.id, row.name, row.agent_role, self._members.count(session, row.id),
            self._members.role_of(session, principal, row.id), row.created_at,
        )  # fmt: skip
