"""Access keys: made, shown once, accepted, listed, revoked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import repository
from identity.credentials import IssuedKey, KeyKind, KeyView, scopes_in_force
from identity.errors import (
    CredentialNotAccepted,
    KeyExceedsUser,
    KeyNotFound,
    KeyOutranksCaller,
    TenantNotFound,
    UserNotFound,
)
from identity.key_rules import (
    checked_agent_role,
    checked_datasets,
    checked_expiry,
    checked_name,
    checked_rate_limit,
    checked_role,
    checked_scopes,
)
from identity.models import AccessKey, SignIn
from identity.sign_ins import is_open
from identity.types import ROLE_SCOPES, Principal, Role
from kit.clock import Clock
from kit.crypto import hash_token, new_token, token_hint
from kit.ids import new_id

TOKEN_PREFIX = "ck"  # noqa: S105 - the public part of a token
USED_EVERY = timedelta(minutes=1)
"""How exact `last_used_at` is: a write for each request would cost more than the request."""


@dataclass(frozen=True, slots=True)
class AccessKeys:
    """All methods take the caller's session and leave committing to it."""

    clock: Clock

    def authenticate(self, session: Session, token: str) -> Principal:
        """Who holds the token; CredentialNotAccepted for every reason not to accept it. Reads only: see `touch`.

        A user's key does no more than the user's present role in the tenant allows, and nothing once the user is
        deactivated or no member any more.
        """
        key, role = _accepted(repository.find_holder(session, AccessKey.token_hash == hash_token(token)))
        if not _is_valid(key, self.clock.now()):
            raise CredentialNotAccepted
        return _principal(key, role)

    def holder(self, session: Session, key_id: str) -> Principal:
        """Who holds a key that was accepted before, with the rights of now: for work that goes on behind a request.
        CredentialNotAccepted as for `authenticate`; but a token of a person who is signed in may have been exchanged
        for another meanwhile, and counts as long as that sign-in does."""
        key, role = _accepted(repository.find_holder(session, AccessKey.id == key_id))
        signed_in = None if key.sign_in_id is None else session.get(SignIn, key.sign_in_id)
        now = self.clock.now()
        if not (_is_valid(key, now) if signed_in is None else is_open(signed_in, now)):
            raise CredentialNotAccepted
        return _principal(key, role)

    def holders(self, session: Session, tokens: Collection[str]) -> dict[str, Principal]:
        """Who holds each of the tokens; those that are not accepted are left out."""
        hashes = {token: hash_token(token) for token in tokens}
        now, accepted = self.clock.now(), {}
        for hash_, holder in repository.find_holders(session, sorted(hashes.values())).items():
            with suppress(CredentialNotAccepted):
                key, role = _accepted(holder)
                if _is_valid(key, now):
                    accepted[hash_] = _principal(key, role)
        return {token: accepted[hash_] for token, hash_ in hashes.items() if hash_ in accepted}

    def touch(self, session: Session, key_id: str) -> None:
        """Note that a key was used, at most once a minute. KeyUsage tells when calling this is worth a transaction."""
        now = self.clock.now()
        repository.mark_used(session, key_id=key_id, now=now, unless_since=now - USED_EVERY)

    def create(
        self,
        session: Session,
        *,
        tenant_id: str,
        user_id: str | None,
        name: str,
        role: str,
        scopes: Iterable[str] | None = None,
        agent_role: str | None = None,
        dataset_ids: Sequence[str] | None = None,
        expires_at: datetime | None = None,
        description: str | None = None,
        rate_limit: int | None = None,
        client_id: str | None = None,
        token: str | None = None,
    ) -> IssuedKey:
        """A new key. Raises Invalid with the field, TenantNotFound, UserNotFound or KeyExceedsUser.

        The caller has checked the right to create it and that the datasets are there. A client's key has the client's
        agent role. `token` is for one that was
        chosen outside; its uniqueness is the caller's concern too.
        """
        checked = checked_role(role)
        self._check_owner(session, tenant_id, user_id, checked)
        now = self.clock.now()
        token = token or new_token(TOKEN_PREFIX)
        row = AccessKey(
            id=new_id(),
            tenant_id=tenant_id,
            user_id=user_id,
            kind=KeyKind.API_KEY if agent_role is None else KeyKind.AGENT_KEY,
            name=checked_name(name),
            description=description or None,
            token_hash=hash_token(token),
            hint=token_hint(token),
            role=checked,
            agent_role=checked_agent_role(agent_role),
            scopes=checked_scopes(scopes, checked),
            dataset_ids=checked_datasets(dataset_ids),
            created_at=now,
            expires_at=checked_expiry(expires_at, now=now),
            rate_limit=checked_rate_limit(rate_limit),
            client_id=client_id,
        )
        session.add(row)
        session.flush()
        return IssuedKey(token, key_view(row))

    def list(self, session: Session, principal: Principal) -> Sequence[KeyView]:
        """The keys that the caller may see, newest first, revoked ones among them."""
        wanted = (
            select(AccessKey)
            .where(repository.readable_by(principal), AccessKey.sign_in_id.is_(None), AccessKey.deleted_at.is_(None))
            .order_by(AccessKey.id.desc())
        )
        return [key_view(row) for row in session.scalars(wanted)]

    def revoke(self, session: Session, principal: Principal, key_id: str) -> KeyView:
        """End a key for good; a revoked one stays as it is. Raises KeyNotFound or KeyOutranksCaller."""
        readable = repository.readable_by(principal)
        row = session.scalar(select(AccessKey).where(AccessKey.id == key_id, readable))
        if row is None:
            raise KeyNotFound(f"there is no access key {key_id}")
        view = key_view(row)
        if row.id != principal.key_id and not view.scopes <= principal.scopes:
            raise KeyOutranksCaller(f"key {key_id} may do more than the key that asks to revoke it")
        if row.revoked_at is None:
            row.revoked_at = self.clock.now()
            session.flush()
        return key_view(row)

    @staticmethod
    def _check_owner(session: Session, tenant_id: str, user_id: str | None, role: Role) -> None:
        if not repository.tenant_exists(session, tenant_id):
            raise TenantNotFound(f"there is no tenant {tenant_id}")
        if user_id is None:
            return
        member = repository.find_member(session, tenant_id=tenant_id, user_id=user_id)
        if member is None or member[0].deactivated_at is not None:
            raise UserNotFound(f"there is no active user {user_id} in this tenant")
        held = member[1]
        if held is None or not ROLE_SCOPES[role] <= ROLE_SCOPES[held]:
            has = f"has role {held.value}" if held else "is no member of this tenant"
            raise KeyExceedsUser(f"user {user_id} {has}, so a key with role {role.value} would do more than the user")


def _accepted(holder: repository.Holder | None) -> tuple[AccessKey, Role]:
    if holder is None or not holder.user_is_active or holder.member_role is None:
        raise CredentialNotAccepted
    return holder.key, holder.member_role


def _is_valid(key: AccessKey, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)


def _principal(key: AccessKey, member_role: Role) -> Principal:
    own = Role(key.role)
    role = own if ROLE_SCOPES[own] <= ROLE_SCOPES[member_role] else member_role
    return Principal(
        tenant_id=key.tenant_id,
        key_id=key.id,
        user_id=key.user_id,
        name=key.name,
        role=role,
        scopes=scopes_in_force(key.scopes, own) & ROLE_SCOPES[role],
        agent_role=key.agent_role,
        dataset_ids=None if key.dataset_ids is None else tuple(key.dataset_ids),
        rate_limit=key.rate_limit,
        workspace_id=key.workspace_id,
        client_id=key.client_id,
    )


def origin_of(key: AccessKey) -> str | None:
    """Of what a token of a workspace is exchanged for; None for other keys."""
    return key.origin_id or (key.id if key.workspace_id is not None else None)


def key_view(key: AccessKey) -> KeyView:
    """A row as callers see it: without the token's hash."""
    role = Role(key.role)
    return KeyView(
        id=key.id,
        tenant_id=key.tenant_id,
        user_id=key.user_id,
        kind=KeyKind(key.kind),
        name=key.name,
        hint=key.hint,
        role=role,
        scopes=scopes_in_force(key.scopes, role),
        agent_role=key.agent_role,
        dataset_ids=None if key.dataset_ids is None else tuple(key.dataset_ids),
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
        description=key.description,
        rate_limit=key.rate_limit,
        replaced_by=key.replaced_by,
        client_id=key.client_id,
    )
