"""Tenants of the installation, as whoever runs it sees and makes them. No surface for others leads here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.errors import TenantExists, TenantNotFound
from identity.models import Membership, Tenant, User
from identity.numbers import Numbered, take_turns
from identity.types import Role, ScopeKind
from kit.clock import Clock
from kit.errors import Detail, Invalid
from kit.ids import new_id

_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class TenantView:
    id: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewTenant:
    tenant: TenantView
    administrator_id: str


@dataclass(frozen=True, slots=True)
class Tenants:
    """All methods take the caller's session. Who asks has been checked by the caller."""

    clock: Clock

    def list(self, session: Session) -> Sequence[TenantView]:
        """Oldest first."""
        return [_view(row) for row in session.scalars(select(Tenant).order_by(Tenant.id))]

    def find(self, session: Session, wanted: str) -> TenantView:
        """By id or name. TenantNotFound names what there is."""
        row = session.scalar(select(Tenant).where(or_(Tenant.id == wanted, Tenant.name == wanted)))
        if row is None:
            names = ", ".join(repr(tenant.name) for tenant in self.list(session)) or "none yet"
            raise TenantNotFound(f"there is no tenant {wanted!r}; there are: {names}")
        return _view(row)

    def create(self, session: Session, *, name: str, email: str, person: str) -> NewTenant:
        """With its first administrator, who has neither a password nor a key yet; `email` has been checked. Raises
        TenantExists, or Invalid for the name."""
        clean, now = name.strip(), self.clock.now()
        if not 1 <= len(clean) <= _NAME_LENGTH:
            message = f"a tenant's name has 1 to {_NAME_LENGTH} characters, this one has {len(clean)}"
            raise Invalid(message, details=[Detail("name", message)])
        tenant = Tenant(id=new_id(), name=clean, created_at=now)
        try:
            with session.begin_nested():
                session.add(tenant)
        except IntegrityError as error:
            raise TenantExists(f"there is a tenant {clean!r} already; choose another name") from error
        take_turns(session, Numbered.USER)
        user = User(id=new_id(), tenant_id=tenant.id, email=email, name=person, created_at=now)
        session.add(user)
        session.flush()
        session.add(
            Membership(
                id=new_id(), user_id=user.id, scope_type=ScopeKind.TENANT, scope_id=tenant.id, role=Role.ADMIN,
                created_at=now,
            )
        )  # fmt: skip
        session.flush()
        return NewTenant(_view(tenant), user.id)


def _view(row: Tenant) -> TenantView:
    return TenantView(row.id, row.name, row.created_at)
