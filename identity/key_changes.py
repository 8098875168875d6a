"""What becomes of a key once it is there: looked at, renamed, narrowed, exchanged for a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import repository
from identity.credentials import IssuedKey, KeyView
from identity.errors import KeyHasEnded, KeyNotFound, KeyOutranksCaller
from identity.key_rules import checked_expiry, checked_name, checked_rate_limit, checked_scopes
from identity.keys import TOKEN_PREFIX, key_view, origin_of
from identity.models import AccessKey
from identity.types import Principal, Role, Scope
from kit.clock import Clock
from kit.crypto import hash_token, new_token, token_hint
from kit.errors import Detail, Invalid
from kit.ids import new_id

_Bound = TypeVar("_Bound", datetime, int)

DEFAULT_GRACE = timedelta(hours=24)
MOST_GRACE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class KeyChange:
    """None leaves a field as it is."""

    name: str | None = None
    description: str | None = None
    scopes: Sequence[str] | None = None
    expires_at: datetime | None = None
    rate_limit: int | None = None


@dataclass(frozen=True, slots=True)
class KeyChanges:
    """All methods raise KeyNotFound for a key that the caller does not see, and KeyOutranksCaller for one that may do
    more than the caller."""

    clock: Clock

    def get(self, session: Session, principal: Principal, key_id: str) -> KeyView:
        return key_view(self._row(session, principal, key_id))

    def change(self, session: Session, principal: Principal, key_id: str, change: KeyChange) -> KeyView:
        """Raises Invalid with the field, and KeyHasEnded for a key that is revoked."""
        return self.change_row(session, principal, self._changeable(session, principal, key_id), change)

    def change_row(self, session: Session, principal: Principal, row: AccessKey, change: KeyChange) -> KeyView:
        """For a caller who was found to have the right to."""
        self._check_works(row)
        if change.name is not None:
            row.name = checked_name(change.name)
        if change.description is not None:
            row.description = change.description or None
        if change.scopes is not None:
            scopes = checked_scopes(change.scopes, Role(row.role))
            beyond = set(scopes) - {scope.value for scope in principal.scopes}
            if beyond:
                raise KeyOutranksCaller(f"scopes {', '.join(sorted(beyond))} are more than the caller has")
            row.scopes = scopes
        if change.expires_at is not None:
            expires_at = checked_expiry(change.expires_at, now=self.clock.now())
            self._check_bound(principal, "expiresAt", expires_at, bound=row.expires_at)
            row.expires_at = expires_at
        if change.rate_limit is not None:
            rate_limit = checked_rate_limit(change.rate_limit)
            self._check_bound(principal, "rateLimit", rate_limit, bound=row.rate_limit)
            row.rate_limit = rate_limit
        session.flush()
        return key_view(row)

    def rotate(
        self, session: Session, principal: Principal, key_id: str, *, grace: timedelta = DEFAULT_GRACE
    ) -> IssuedKey:
        """A new key with the same rules; the old one works until the grace time is over, and not at all without one.
        A key that was about to expire sooner does so."""
        return self.rotate_row(session, self._changeable(session, principal, key_id), grace=grace)

    def rotate_row(self, session: Session, old: AccessKey, *, grace: timedelta) -> IssuedKey:
        """For a caller who was found to have the right to."""
        self._check_works(old)
        if not timedelta(0) <= grace <= MOST_GRACE:
            hours = MOST_GRACE // timedelta(hours=1)
            message = f"a grace time of {grace / timedelta(hours=1):g} hours is outside 0-{hours} hours"
            raise Invalid(message, details=[Detail("graceHours", message)])
        now, token = self.clock.now(), new_token(TOKEN_PREFIX)
        new = AccessKey(
            id=new_id(), tenant_id=old.tenant_id, user_id=old.user_id, kind=old.kind, name=old.name,
            description=old.description, token_hash=hash_token(token), hint=token_hint(token), role=old.role,
            agent_role=old.agent_role, scopes=list(old.scopes), dataset_ids=old.dataset_ids, created_at=now,
            expires_at=old.expires_at, rate_limit=old.rate_limit, sign_in_id=old.sign_in_id,
            organization_id=old.organization_id, workspace_id=old.workspace_id, client_id=old.client_id,
            origin_id=origin_of(old),
        )  # fmt: skip
        session.add(new)
        session.flush()
        old.replaced_by = new.id
        if grace == timedelta(0):
            old.revoked_at = now
        else:
            old.expires_at = now + grace if old.expires_at is None else min(old.expires_at, now + grace)
        session.flush()
        return IssuedKey(token, key_view(new))

    @staticmethod
    def _check_bound(principal: Principal, field: str, wanted: _Bound | None, *, bound: _Bound | None) -> None:
        """A key that could put off its own end, or lift its own limit, would have neither."""
        manages = principal.may(Scope.MANAGE) and principal.agent_role is None and principal.dataset_ids is None
        if not manages and bound is not None and wanted is not None and wanted > bound:
            raise KeyOutranksCaller(f"{field} {wanted} is beyond {bound}: only who manages keys may extend it")

    def _changeable(self, session: Session, principal: Principal, key_id: str) -> AccessKey:
        row = self._row(session, principal, key_id)
        if row.id != principal.key_id and not key_view(row).scopes <= principal.scopes:
            raise KeyOutranksCaller(f"key {key_id} may do more than the key that asks to change it")
        self._check_works(row)
        return row

    def _check_works(self, row: AccessKey) -> None:
        if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= self.clock.now()):
            raise KeyHasEnded(f"key {row.id} is revoked or expired; create a new one")

    @staticmethod
    def _row(session: Session, principal: Principal, key_id: str) -> AccessKey:
        readable = repository.readable_by(principal)
        row = session.scalar(select(AccessKey).where(AccessKey.id == key_id, readable))
        if row is None:
            raise KeyNotFound(f"there is no access key {key_id!r}, or this key may not see it")
        return row
