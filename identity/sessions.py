"""Signing in and out: a short access token and a refresh token that changes with each use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session

from identity import repository
from identity.credentials import EVERY_SCOPE, KeyKind
from identity.errors import CredentialNotAccepted, SignInNotFound, SignInRefused
from identity.models import AccessKey, Membership, SignIn, SpentRefreshToken, User
from identity.passwords import hash_password, is_password, needs_rehash
from identity.sign_ins import LONGEST, ends_at, is_open
from identity.types import Principal
from kit.clock import Clock
from kit.crypto import hash_token, new_token, token_hint
from kit.ids import new_id

ACCESS_PREFIX, REFRESH_PREFIX = "cs", "cr"
ACCESS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The only time that they are known."""

    access: str
    refresh: str
    access_expires_at: datetime
    user_id: str

    def __repr__(self) -> str:
        return f"Tokens(user_id={self.user_id!r})"


@dataclass(frozen=True, slots=True)
class CopiedToken:
    """A refresh token came again that was exchanged before; the sign-in that it was of has been ended."""

    sign_in_id: str
    tenant_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A sign-in that has not ended. `ends_at` is when it does, unless it is refreshed before."""

    id: str
    ip: str | None
    created_at: datetime
    refreshed_at: datetime
    ends_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class Sessions:
    """All methods take the caller's session and leave committing to it."""

    clock: Clock

    def sign_in(self, session: Session, *, email: str, password: str, ip: str | None) -> Tokens:
        """SignInRefused, in the same time and words, whatever is wrong. An address may have accounts in several
        tenants: the oldest that has this password is signed in to."""
        known = select(User).where(func.lower(User.email) == email.strip().lower(), User.deactivated_at.is_(None))
        users = [user for user in session.scalars(known.order_by(User.id)) if user.password_hash is not None]
        found = [user for user in users if is_password(password, user.password_hash)]
        if not users:
            is_password(password, None)
        user = next((one for one in found if self._role_of(session, one.id, one.tenant_id) is not None), None)
        if user is None:
            raise SignInRefused
        if user.password_hash is not None and needs_rehash(user.password_hash):
            user.password_hash = hash_password(password)
        return self.begin(session, user, ip=ip)

    def begin(self, session: Session, user: User, *, ip: str | None) -> Tokens:
        """For a person whose identity was established. SignInRefused for one who is no member any more."""
        role = session.scalar(
            select(Membership.role).where(
                Membership.user_id == user.id, Membership.scope_type == repository.TENANT_SCOPE,
                Membership.scope_id == user.tenant_id,
            )
        )  # fmt: skip
        if role is None:
            raise SignInRefused
        now, refresh = self.clock.now(), new_token(REFRESH_PREFIX)
        over = select(SignIn.id).where(SignIn.expires_at <= now)
        _forget_spent(session, SpentRefreshToken.sign_in_id.in_(over))
        row = SignIn(
            id=new_id(), tenant_id=user.tenant_id, user_id=user.id, refresh_hash=hash_token(refresh), ip=ip,
            created_at=now, refreshed_at=now, expires_at=now + LONGEST,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return self._access(session, row, role, refresh)

    def refresh(self, session: Session, token: str) -> Tokens | CopiedToken:
        """New tokens for old; the old ones end. CredentialNotAccepted for a token that is none.

        CopiedToken for any that was used before: somebody has a copy, so everything of that sign-in has been ended,
        which the caller must let stand before it refuses.
        """
        now, hashed = self.clock.now(), hash_token(token)
        row = session.scalar(select(SignIn).where(SignIn.refresh_hash == hashed).with_for_update())
        if row is None:
            spent = select(SpentRefreshToken.sign_in_id).where(SpentRefreshToken.token_hash == hashed)
            copied = session.scalar(select(SignIn).where(SignIn.id.in_(spent)).with_for_update())
            if copied is None or copied.ended_at is not None:
                raise CredentialNotAccepted
            self._end(session, copied)
            return CopiedToken(copied.id, copied.tenant_id, copied.user_id)
        role = self._role_of(session, row.user_id, row.tenant_id)
        if not is_open(row, now) or role is None:
            raise CredentialNotAccepted
        renewed = new_token(REFRESH_PREFIX)
        row.previous_hash, row.refresh_hash, row.refreshed_at = hashed, hash_token(renewed), now
        session.add(SpentRefreshToken(token_hash=hashed, sign_in_id=row.id))
        self._end_access(session, row.id)
        return self._access(session, row, role, renewed)

    def sign_out(self, session: Session, *, key_id: str, everywhere: bool) -> int:
        """Ends the sign-in that the key belongs to, or all of its person. Returns how many ended. A key that belongs
        to no sign-in is revoked itself."""
        key = session.get(AccessKey, key_id)
        if key is None:
            return 0
        wanted = select(SignIn).where(SignIn.ended_at.is_(None))
        if everywhere and key.user_id is not None:
            wanted = wanted.where(SignIn.user_id == key.user_id)
        elif key.sign_in_id is not None:
            wanted = wanted.where(SignIn.id == key.sign_in_id)
        else:
            key.revoked_at = key.revoked_at or self.clock.now()
            return 1
        rows = list(session.scalars(wanted))
        for row in rows:
            self._end(session, row)
        return len(rows)

    def end_all(self, session: Session, user_id: str, *, but: str | None = None) -> None:
        """After a new password, or when a person leaves. `but`: the one that is to go on."""
        for row in session.scalars(select(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))):
            if row.id != but:
                self._end(session, row)

    def current(self, session: Session, principal: Principal) -> str | None:
        """The sign-in that the caller's token belongs to; None for a key."""
        key = session.get(AccessKey, principal.key_id)
        return None if key is None else key.sign_in_id

    def open(self, session: Session, principal: Principal) -> Sequence[OpenSession]:
        """The caller's own, newest first; none for a key that belongs to nobody."""
        current, now = self.current(session, principal), self.clock.now()
        rows = session.scalars(self._open(principal).order_by(SignIn.id.desc()))
        return [
            OpenSession(row.id, row.ip, row.created_at, row.refreshed_at, ends_at(row), row.id == current)
            for row in rows
            if is_open(row, now)
        ]

    def end(self, session: Session, principal: Principal, sign_in_id: str) -> None:
        """One of the caller's own. SignInNotFound for any other, somebody else's too."""
        row = session.scalar(self._open(principal).where(SignIn.id == sign_in_id))
        if row is None:
            raise SignInNotFound(sign_in_id)
        self._end(session, row)

    @staticmethod
    def _open(principal: Principal) -> Select[SignIn]:
        return select(SignIn).where(SignIn.user_id == principal.user_id, SignIn.ended_at.is_(None))

    @staticmethod
    def _role_of(session: Session, user_id: str, tenant_id: str) -> str | None:
        member = repository.find_member(session, tenant_id=tenant_id, user_id=user_id)
        return None if member is None or member[0].deactivated_at is not None else member[1]

    def _access(self, session: Session, row: SignIn, role: str, refresh: str) -> Tokens:
        now, token = self.clock.now(), new_token(ACCESS_PREFIX)
        session.add(
            AccessKey(
                id=new_id(), tenant_id=row.tenant_id, user_id=row.user_id, kind=KeyKind.SESSION, name="signed in",
                token_hash=hash_token(token), hint=token_hint(token), role=role, agent_role=None,
                scopes=[EVERY_SCOPE], dataset_ids=None, created_at=now, expires_at=now + ACCESS, sign_in_id=row.id,
            )
        )  # fmt: skip
        session.flush()
        return Tokens(token, refresh, now + ACCESS, row.user_id)

    def _end(self, session: Session, row: SignIn) -> None:
        row.ended_at = self.clock.now()
        _forget_spent(session, SpentRefreshToken.sign_in_id == row.id)
        self._end_access(session, row.id)

    def _end_access(self, session: Session, sign_in_id: str) -> None:
        now = self.clock.now()
        for key in session.scalars(select(AccessKey).where(AccessKey.sign_in_id == sign_in_id)):
            if key.revoked_at is None:
                key.revoked_at = now
        session.flush()


def _forget_spent(session: Session, which: ColumnElement[bool]) -> None:
    """Of sign-ins that are over: nothing comes of their tokens any more."""
    session.execute(delete(SpentRefreshToken).where(which).execution_options(synchronize_session=False))
