"""Rows of tenants, users, memberships and access keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from identity.models import AccessKey, Membership, Tenant, User
from identity.types import Principal, Role, Scope, ScopeKind

TENANT_SCOPE = ScopeKind.TENANT
_AT_ONCE = 400
"""Values in one statement: SQLite takes no more than 999 in its older versions."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A key together with what limits it beyond its own row: its user's state and role in the key's tenant."""

    key: AccessKey
    user_is_active: bool
    member_role: Role | None


def find_holder(session: Session, which: ColumnElement[bool]) -> Holder | None:
    """Of one key, in one query. A key without a user is limited by nothing but itself: active, with the key's own
    role."""
    row = session.execute(_holders().where(which)).one_or_none()
    if row is None:
        return None
    key, user, role = row
    return _holder(key, user, role)


def find_holders(session: Session, token_hashes: Sequence[str]) -> dict[str, Holder]:
    """By the hash, as `find_holder` finds them one by one."""
    found: dict[str, Holder] = {}
    for start in range(0, len(token_hashes), _AT_ONCE):
        some = token_hashes[start : start + _AT_ONCE]
        rows = session.execute(_holders().where(AccessKey.token_hash.in_(some)))
        found |= {key.token_hash: _holder(key, user, role) for key, user, role in rows}
    return found


def _holders() -> Select[AccessKey, User, str]:
    return (
        select(AccessKey, User, Membership.role)
        .outerjoin(User, User.id == AccessKey.user_id)
        .outerjoin(Membership, _is_member(AccessKey.user_id, AccessKey.tenant_id))
    )


def _holder(key: AccessKey, user: User | None, role: str | None) -> Holder:
    if key.user_id is None:
        return Holder(key, user_is_active=True, member_role=Role(key.role))
    is_active = user is not None and user.deactivated_at is None
    return Holder(key, user_is_active=is_active, member_role=Role(role) if role else None)


def find_member(session: Session, *, tenant_id: str, user_id: str) -> tuple[User, Role | None] | None:
    row = session.execute(
        select(User, Membership.role)
        .outerjoin(Membership, _is_member(User.id, User.tenant_id))
        .where(User.id == user_id, User.tenant_id == tenant_id)
    ).one_or_none()
    return None if row is None else (row[0], Role(row[1]) if row[1] else None)


def readable_by(principal: Principal) -> ColumnElement[bool]:
    """Which keys a caller sees: a manager those of the tenant, a person their own, a machine the one it holds.

    So does a key for an agent or for certain datasets: to exchange one that is not would be to leave those bounds.
    """
    mine = AccessKey.tenant_id == principal.tenant_id
    own = AccessKey.id == principal.key_id
    if principal.agent_role is not None or principal.dataset_ids is not None:
        return and_(mine, own)
    if principal.may(Scope.MANAGE):
        return mine
    return and_(mine, own if principal.user_id is None else or_(own, AccessKey.user_id == principal.user_id))


def tenant_exists(session: Session, tenant_id: str) -> bool:
    return bool(session.scalar(select(exists().where(Tenant.id == tenant_id))))


def any_tenant_exists(session: Session) -> bool:
    return bool(session.scalar(select(exists().where(Tenant.id.is_not(None)))))


def mark_used(session: Session, *, key_id: str, now: datetime, unless_since: datetime) -> None:
    session.execute(
        update(AccessKey)
        .where(AccessKey.id == key_id, or_(AccessKey.last_used_at.is_(None), AccessKey.last_used_at < unless_since))
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )


def _is_member(user_id: SQLColumnExpression[Any], tenant_id: SQLColumnExpression[str]) -> ColumnElement[bool]:
    return and_(Membership.user_id == user_id, Membership.scope_type == TENANT_SCOPE, Membership.scope_id == tenant_id)
