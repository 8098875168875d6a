"""Keys that belong to an organization: for its admins to make and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.credentials import IssuedKey, KeyView
from identity.errors import KeyNotFound, KeyOutranksCaller
from identity.key_changes import DEFAULT_GRACE, MOST_GRACE, KeyChange, KeyChanges
from identity.keys import AccessKeys, key_view
from identity.models import AccessKey
from identity.organizations import Organizations
from identity.types import ROLE_SCOPES, Principal, Role
from kit.clock import Clock

DEFAULT_GRACE_HOURS = DEFAULT_GRACE // timedelta(hours=1)
MOST_GRACE_HOURS = MOST_GRACE // timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OrganizationKeys:
    """All methods raise what Organizations raises for the organization, and KeyNotFound for a key that is not its."""

    clock: Clock
    organizations: Organizations
    keys: AccessKeys
    changes: KeyChanges

    def list(self, session: Session, principal: Principal, organization_id: str) -> Sequence[KeyView]:
        self.organizations.check_manages(session, principal, organization_id)
        wanted = select(AccessKey).where(
            AccessKey.organization_id == organization_id, AccessKey.tenant_id == principal.tenant_id,
            AccessKey.deleted_at.is_(None),
        )  # fmt: skip
        return [key_view(row) for row in session.scalars(wanted.order_by(AccessKey.id.desc()))]

    def get(self, session: Session, principal: Principal, organization_id: str, key_id: str) -> KeyView:
        return key_view(self._row(session, principal, organization_id, key_id))

    def create(
        self, session: Session, principal: Principal, organization_id: str, *, name: str, description: str | None,
        scopes: Sequence[str] | None, expires_at: datetime | None,
    ) -> IssuedKey:  # fmt: skip
        """A member's key at the most, and never more than the caller has. Raises Invalid or KeyOutranksCaller."""
        self.organizations.check_manages(session, principal, organization_id)
        if scopes is None and not ROLE_SCOPES[Role.MEMBER] <= principal.scopes:
            scopes = sorted(scope.value for scope in principal.scopes & ROLE_SCOPES[Role.MEMBER])
        beyond = set(scopes or ()) - {scope.value for scope in principal.scopes}
        issued = self.keys.create(
            session, tenant_id=principal.tenant_id, user_id=None, name=name, role=Role.MEMBER, scopes=scopes,
            description=description, expires_at=expires_at,
        )  # fmt: skip
        if beyond:
            raise KeyOutranksCaller(f"the caller does not have {', '.join(sorted(beyond))}")
        session.get_one(AccessKey, issued.key.id).organization_id = organization_id
        session.flush()
        return issued

    def change(
        self, session: Session, principal: Principal, organization_id: str, key_id: str, change: KeyChange, *,
        is_active: bool | None,
    ) -> KeyView:  # fmt: skip
        """`is_active` False revokes; True changes nothing for a key that works."""
        row = self._row(session, principal, organization_id, key_id)
        if any(value is not None for value in (change.name, change.description, change.scopes)):
            self.changes.change_row(session, principal, row, change)
        if is_active is False:
            row.revoked_at = row.revoked_at or self.clock.now()
        session.flush()
        return key_view(row)

    def revoke(self, session: Session, principal: Principal, organization_id: str, key_id: str) -> KeyView:
        row = self._row(session, principal, organization_id, key_id)
        row.revoked_at = row.revoked_at or self.clock.now()
        session.flush()
        return key_view(row)

    def delete(self, session: Session, principal: Principal, organization_id: str, key_id: str) -> None:
        """Ends it and hides it; what it did stays in the trail."""
        row = self._row(session, principal, organization_id, key_id)
        now = self.clock.now()
        row.revoked_at, row.deleted_at = row.revoked_at or now, now
        session.flush()

    def rotate(
        self, session: Session, principal: Principal, organization_id: str, key_id: str, *, grace: timedelta
    ) -> IssuedKey:
        """Without a grace time the old key ends at once, which is to roll it."""
        row = self._row(session, principal, organization_id, key_id)
        return self.changes.rotate_row(session, row, grace=grace)

    def _row(self, session: Session, principal: Principal, organization_id: str, key_id: str) -> AccessKey:
        self.organizations.check_manages(session, principal, organization_id)
        row = session.get(AccessKey, key_id)
        if row is None or row.organization_id != organization_id or row.deleted_at is not None:
            raise KeyNotFound(f"there is no key {key_id!r} in this organization")
        return row
