"""Tenants and users for tests."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.models import Membership, Tenant, User
from identity.types import Role
from kit.ids import new_id
from tests.clock import FrozenClock


@dataclass(frozen=True)
class People:
    """An administrator, a member and a reviewer of one tenant, by id."""

    tenant: str
    admin: str
    member: str
    reviewer: str


def settle(session: Session, clock: FrozenClock, name: str = "acme") -> People:
    tenant = Tenant(id=new_id(), name=name, created_at=clock.now())
    session.add(tenant)
    session.flush()
    ids = [_add(session, clock, tenant.id, role) for role in (Role.ADMIN, Role.MEMBER, Role.REVIEWER)]
    return People(tenant.id, *ids)


def _add(session: Session, clock: FrozenClock, tenant: str, role: Role) -> str:
    user = User(id=new_id(), tenant_id=tenant, email=f"{role}@example.org", name=role, created_at=clock.now())
    session.add(user)
    session.flush()
    session.add(
        Membership(
            id=new_id(), user_id=user.id, scope_type="tenant", scope_id=tenant, role=role, created_at=clock.now()
        )
    )
    session.flush()
    return user.id
