"""People who come back from an OpenID provider: let in where they are known, or where new ones are welcome."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from identity import repository
from identity.bootstrap import TENANT_NAME
from identity.errors import SignInRefused
from identity.models import Membership, OidcAttempt, Tenant, User
from identity.numbers import Numbered, take_turns
from identity.oidc import Identified, Provider
from identity.sessions import Sessions, Tokens
from identity.types import Role
from kit.clock import Clock
from kit.crypto import hash_token
from kit.ids import new_id

ATTEMPT = timedelta(minutes=10)
FETCHED_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """`browser` goes into a cookie: only the browser that began may go on. This is the only time that it is known."""

    url: str
    browser: str

    def __repr__(self) -> str:
        return f"Attempt(url={self.url.partition('?')[0]!r})"


@dataclass(frozen=True, slots=True)
class OidcSignIn:
    """All methods take the caller's session and raise SignInRefused for every reason not to let somebody in."""

    clock: Clock
    provider: Provider
    sessions: Sessions

    def begin(self, session: Session, *, redirect_uri: str) -> Attempt:
        """ProviderIsAway where nobody can be sent there now."""
        state, nonce, verifier, browser = (secrets.token_urlsafe(32) for _ in range(4))
        url = self.provider.authorization_url(redirect_uri=redirect_uri, state=state, nonce=nonce, verifier=verifier)
        now = self.clock.now()
        session.execute(delete(OidcAttempt).where(OidcAttempt.expires_at < now))
        session.add(
            OidcAttempt(
                id=new_id(), state_hash=hash_token(state), browser_hash=hash_token(browser), nonce=nonce,
                verifier=verifier, redirect_uri=redirect_uri, created_at=now, expires_at=now + ATTEMPT,
            )
        )  # fmt: skip
        session.flush()
        return Attempt(url, browser)

    def take(self, session: Session, *, state: str, browser: str) -> OidcAttempt:
        """The attempt that the browser began, which ends with this. Commit before the provider is asked: a code that
        was tried is spent."""
        row = session.scalar(select(OidcAttempt).where(OidcAttempt.state_hash == hash_token(state)).with_for_update())
        now = self.clock.now()
        if row is None or row.expires_at <= now or row.used_at is not None or row.browser_hash != hash_token(browser):
            raise SignInRefused
        row.used_at = now
        session.flush()
        return row

    def identify(self, attempt: OidcAttempt, *, code: str) -> Identified:
        """Asks the provider, without a transaction."""
        return self.provider.identify(
            code, redirect_uri=attempt.redirect_uri, nonce=attempt.nonce, verifier=attempt.verifier
        )

    def admit(self, session: Session, attempt_id: str, identified: Identified) -> str:
        """A code that fetches the person's tokens, once and within a minute."""
        user = self._user(session, identified)
        row, code = session.get_one(OidcAttempt, attempt_id), secrets.token_urlsafe(32)
        row.user_id, row.code_hash = user.id, hash_token(code)
        row.expires_at = self.clock.now() + FETCHED_WITHIN
        session.flush()
        return code

    def fetch(self, session: Session, *, code: str, ip: str | None) -> Tokens:
        row = session.scalar(select(OidcAttempt).where(OidcAttempt.code_hash == hash_token(code)).with_for_update())
        if row is None or row.expires_at <= self.clock.now() or row.user_id is None:
            raise SignInRefused
        user = session.get_one(User, row.user_id)
        session.delete(row)
        if user.deactivated_at is not None:
            raise SignInRefused
        return self.sessions.begin(session, user, ip=ip)

    def _user(self, session: Session, identified: Identified) -> User:
        """By the provider's own name for the person; at first by the address, which is bound to that name from then
        on."""
        subject = f"{self.provider.settings.issuer}|{identified.subject}"[:400]
        known = session.scalar(select(User).where(User.oidc_subject == subject))
        if known is None:
            by_address = select(User).where(
                func.lower(User.email) == identified.email, User.deactivated_at.is_(None), User.oidc_subject.is_(None)
            )
            found = list(session.scalars(by_address.limit(2)))
            if len(found) > 1:
                raise SignInRefused  # the same address in two tenants: nobody can say which is meant
            known = found[0] if found else self._newcomer(session, identified)
            known.oidc_subject = subject
            session.flush()
        if known.deactivated_at is not None:
            raise SignInRefused
        return known

    def _newcomer(self, session: Session, identified: Identified) -> User:
        role = self.provider.settings.role
        tenant_id = session.scalar(select(Tenant.id).where(Tenant.name == TENANT_NAME))
        taken = session.scalar(
            select(User.id).where(User.tenant_id == (tenant_id or ""), func.lower(User.email) == identified.email)
        )
        if role is None or tenant_id is None or taken is not None:
            raise SignInRefused
        now = self.clock.now()
        take_turns(session, Numbered.USER)
        user = User(id=new_id(), tenant_id=tenant_id, email=identified.email, name=identified.name, created_at=now)
        session.add(user)
        session.flush()
        session.add(
            Membership(
                id=new_id(), user_id=user.id, scope_type=repository.TENANT_SCOPE, scope_id=tenant_id, role=Role(role),
                created_at=now,
            )
        )  # fmt: skip
        session.flush()
        return user
