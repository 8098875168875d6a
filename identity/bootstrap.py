"""The first administrator, so that an empty installation can be entered."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity import repository
from identity.errors import KeyExceedsUser, TenantExists, TenantNotFound, UserNotFound
from identity.keys import AccessKeys
from identity.models import AccessKey, Tenant, User
from identity.tenants import Tenants
from identity.types import ROLE_SCOPES, Principal, Role
from kit.clock import Clock, SystemClock
from kit.crypto import hash_token

TENANT_NAME = "default"
ADMINISTRATOR_EMAIL = "admin@localhost"
FIRST_KEY_NAME = "first administrator"
_SHORT = 16

_log = structlog.get_logger(__name__)


def ensure_first_administrator(session: Session, *, given: str | None, clock: Clock | None = None) -> str | None:
    """Make sure of tenant "default" with an administrator who holds a key; returns a token only if one was made up.

    `given` is CAIRN_ADMIN_KEY: it becomes the administrator's key, and a later value takes the place of an earlier
    one, which is revoked. That is also the way back in for somebody who lost every key. A key that was revoked on
    purpose is not brought back. Safe to call at every start, also of several processes at once.
    """
    clock = clock or SystemClock()
    given = (given or "").strip() or None
    if given is not None and len(given) < _SHORT:
        _log.warning("identity.admin_key_is_short", characters=len(given), advised=_SHORT)
    keys = AccessKeys(clock=clock)
    administrator = _find_administrator(session)
    if administrator is not None:
        if given is not None:
            _replace_key(session, keys, administrator, given, clock)
        return None
    if repository.any_tenant_exists(session):
        _log.warning("identity.no_first_administrator", tenant=TENANT_NAME)
        return None
    return _begin(session, keys, given, clock)


def operator(session: Session) -> Principal:
    """Who sits at the machine itself: the command line acts as the first administrator, without a key.

    Raises TenantNotFound before the first start.
    """
    administrator = _find_administrator(session)
    if administrator is None:
        raise TenantNotFound(f"there is no tenant {TENANT_NAME!r} with an administrator; was it renamed?")
    return Principal(
        tenant_id=administrator.tenant_id,
        key_id="",
        user_id=administrator.id,
        name="command line",
        role=Role.ADMIN,
        scopes=ROLE_SCOPES[Role.ADMIN],
    )


def _begin(session: Session, keys: AccessKeys, given: str | None, clock: Clock) -> str | None:
    try:
        with session.begin_nested():
            made = Tenants(clock=clock).create(session, name=TENANT_NAME, email=ADMINISTRATOR_EMAIL, person="admin")
            administrator = session.get_one(User, made.administrator_id)
            token = _issue(session, keys, administrator, given)
    except (IntegrityError, TenantExists):
        return None  # another process that started at the same moment was first
    _log.info("identity.first_administrator_created", tenant_id=administrator.tenant_id, user_id=administrator.id)
    return None if given else token


def _find_administrator(session: Session) -> User | None:
    """By being the first, since name and address may have been changed to a person's own."""
    return session.scalar(
        select(User)
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(Tenant.name == TENANT_NAME)
        .order_by(User.id)
        .limit(1)
    )


def _issue(session: Session, keys: AccessKeys, administrator: User, given: str | None) -> str:
    issued = keys.create(
        session,
        tenant_id=administrator.tenant_id,
        user_id=administrator.id,
        name=FIRST_KEY_NAME,
        role=Role.ADMIN,
        token=given,
    )
    return issued.token


def _replace_key(session: Session, keys: AccessKeys, administrator: User, given: str, clock: Clock) -> None:
    same = session.scalar(select(AccessKey).where(AccessKey.token_hash == hash_token(given)))
    if same is not None:
        if same.revoked_at is not None:
            _log.warning("identity.admin_key_is_revoked", key_id=same.id)
        return
    replaced = session.scalars(
        select(AccessKey).where(
            AccessKey.user_id == administrator.id, AccessKey.name == FIRST_KEY_NAME, AccessKey.revoked_at.is_(None)
        )
    ).all()
    try:
        _issue(session, keys, administrator, given)
    except (UserNotFound, KeyExceedsUser) as error:
        _log.warning("identity.first_administrator_is_none", user_id=administrator.id, reason=error.message)
        return
    for key in replaced:
        key.revoked_at = clock.now()
    session.flush()
    _log.info("identity.first_administrator_key_replaced", user_id=administrator.id, revoked=len(replaced))
