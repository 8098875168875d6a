"""Accounts of people: made by an invite, found, changed, given a new password, erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity import repository
from identity.errors import (
    AdministratorStays,
    InviteNotFound,
    ResetNotAccepted,
    UserExists,
    UserNotFound,
)
from identity.models import AccessKey, Invite, Membership, PasswordReset, Tenant, User
from identity.numbers import Numbered, take_turns
from identity.passwords import checked_password, hash_password, is_password
from identity.sessions import Sessions
from identity.team import checked_email, find_user
from identity.types import Principal, Role
from kit.clock import Clock
from kit.crypto import hash_token, new_token
from kit.errors import Detail, Invalid
from kit.ids import new_id

RESET_PREFIX = "cp"
RESET = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    tenant_id: str
    number: int
    name: str
    email: str
    role: str
    avatar_url: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedReset:
    """The only time that the token is known."""

    email: str
    tenant: str
    token: str

    def __repr__(self) -> str:
        return f"IssuedReset(email={self.email!r})"


@dataclass(frozen=True, slots=True)
class Accounts:
    """All methods take the caller's session and leave committing to it."""

    clock: Clock
    sessions: Sessions

    def register(self, session: Session, *, name: str, email: str, password: str, invite: str) -> Account:
        """Raises InviteNotFound unless the invite is good and for this address, UserExists, Invalid with the field."""
        email, now = checked_email(email), self.clock.now()
        row = session.scalar(select(Invite).where(Invite.token_hash == hash_token(invite)).with_for_update())
        if row is None or row.accepted_at or row.revoked_at or row.expires_at <= now or row.email != email:
            raise InviteNotFound
        checked_password(password, about=(email.partition("@")[0], name))
        user = find_user(session, row.tenant_id, email)
        if user is not None and user.deactivated_at is None:
            raise UserExists(f"{email} has an account already; sign in instead")
        if user is None:
            take_turns(session, Numbered.USER)
            user = User(id=new_id(), tenant_id=row.tenant_id, email=email, name=name.strip(), created_at=now)
            session.add(user)
        user.name, user.deactivated_at, user.password_hash = name.strip(), None, hash_password(password)
        _flush_unique(session, email)
        role = row.role if row.scope_type == repository.TENANT_SCOPE else Role.MEMBER
        self._join(session, user, repository.TENANT_SCOPE, row.tenant_id, role)
        if row.scope_type != repository.TENANT_SCOPE:
            self._join(session, user, row.scope_type, row.scope_id, row.role)
        row.accepted_at = now
        session.flush()
        session.refresh(user)
        return account_of(user, role)

    def _join(self, session: Session, user: User, scope_type: str, scope_id: str, role: str) -> None:
        known = session.scalar(
            select(Membership).where(
                Membership.user_id == user.id, Membership.scope_type == scope_type, Membership.scope_id == scope_id
            )
        )
        if known is not None:
            known.role = role
            return
        session.add(
            Membership(
                id=new_id(), user_id=user.id, scope_type=scope_type, scope_id=scope_id, role=role,
                created_at=self.clock.now(),
            )
        )  # fmt: skip
        session.flush()

    def list(self, session: Session, principal: Principal) -> Sequence[Account]:
        """The tenant's, oldest first."""
        return [account_of(user, role) for user, role in session.execute(_living(principal.tenant_id))]

    def get(self, session: Session, principal: Principal, number: int) -> Account:
        return account_of(*self._row(session, principal, number))

    def mine(self, session: Session, principal: Principal) -> Account:
        """UserNotFound for a key that belongs to nobody."""
        row = session.execute(_living(principal.tenant_id).where(User.id == principal.user_id)).one_or_none()
        if row is None:
            raise UserNotFound("this key belongs to no user")
        return account_of(row[0], row[1])

    def change(
        self, session: Session, principal: Principal, number: int, *, name: str | None, email: str | None
    ) -> Account:
        user, role = self._row(session, principal, number)
        if name is not None:
            user.name = name.strip()
        if email is not None:
            user.email = checked_email(email)
            _flush_unique(session, user.email)
        session.flush()
        return account_of(user, role)

    def erase_own(self, session: Session, principal: Principal) -> Account:
        """The right to be forgotten: name and address go, what was done stays under the account's id. Raises
        AdministratorStays."""
        account = self.mine(session, principal)
        if account.role == Role.ADMIN:
            raise AdministratorStays
        user = session.get_one(User, account.id)
        now = self.clock.now()
        user.deactivated_at, user.password_hash, user.avatar_url = now, None, None
        user.name, user.email = "erased", f"erased-{user.id.lower()}@invalid"
        for key in session.scalars(select(AccessKey).where(AccessKey.user_id == user.id)):
            key.revoked_at = key.revoked_at or now
        self.sessions.end_all(session, user.id)
        session.flush()
        return account

    def begin_reset(self, session: Session, email: str) -> Sequence[IssuedReset]:
        """What is to be sent: one for each tenant in which the address has an account, and none for nobody's. The
        caller answers alike."""
        known = select(User).where(func.lower(User.email) == email.strip().lower(), User.deactivated_at.is_(None))
        return [self._reset_of(session, user) for user in session.scalars(known.order_by(User.id))]

    def _reset_of(self, session: Session, user: User) -> IssuedReset:
        now, token = self.clock.now(), new_token(RESET_PREFIX)
        row = PasswordReset(
            id=new_id(), user_id=user.id, token_hash=hash_token(token), created_at=now, expires_at=now + RESET
        )
        session.add(row)
        session.flush()
        return IssuedReset(user.email, session.get_one(Tenant, user.tenant_id).name, token)

    def change_password(self, session: Session, principal: Principal, *, present: str, password: str) -> str:
        """The account's address. Ends the person's other sign-ins. Raises UserNotFound, Invalid with the field."""
        account = self.mine(session, principal)
        user = session.get_one(User, account.id, with_for_update=True)
        if not is_password(present, user.password_hash):
            message = "is not this account's; where it is forgotten, or there is none yet, ask for a link"
            raise Invalid(f"current_password: {message}", details=[Detail("current_password", message)])
        checked_password(password, about=(user.email.partition("@")[0], user.name))
        user.password_hash = hash_password(password)
        self.sessions.end_all(session, user.id, but=self.sessions.current(session, principal))
        session.flush()
        return user.email

    def reset(self, session: Session, *, token: str, password: str) -> Account:
        """Whose password it was. Ends all sign-ins of the person. ResetNotAccepted, or Invalid for the password."""
        row = session.scalar(
            select(PasswordReset).where(PasswordReset.token_hash == hash_token(token)).with_for_update()
        )
        now = self.clock.now()
        if row is None or row.used_at is not None or row.expires_at <= now:
            raise ResetNotAccepted
        user = session.get_one(User, row.user_id)
        if user.deactivated_at is not None:
            raise ResetNotAccepted
        checked_password(password, about=(user.email.partition("@")[0], user.name))
        user.password_hash = hash_password(password)
        for other in session.scalars(select(PasswordReset).where(PasswordReset.user_id == user.id)):
            other.used_at = other.used_at or now
        self.sessions.end_all(session, user.id)
        session.flush()
        return account_of(*session.execute(_living(user.tenant_id).where(User.id == user.id)).one())

    @staticmethod
    def first_tenant(session: Session, name: str) -> str | None:
        """Id of the tenant of that name."""
        return session.scalar(select(Tenant.id).where(Tenant.name == name))

    @staticmethod
    def _row(session: Session, principal: Principal, number: int) -> tuple[User, str | None]:
        row = session.execute(_living(principal.tenant_id).where(User.number == number)).one_or_none()
        if row is None:
            raise UserNotFound(f"there is no user {number}")
        return row[0], row[1]


def _living(tenant_id: str):  # type: ignore[no-untyped-def]  # a Select of two columns, one of them outer-joined
    return (
        select(User, Membership.role)
        .outerjoin(
            Membership,
            (Membership.user_id == User.id)
            & (Membership.scope_type == repository.TENANT_SCOPE)
            & (Membership.scope_id == tenant_id),
        )
        .where(User.tenant_id == tenant_id, User.deactivated_at.is_(None))
        .order_by(User.id)
    )


def account_of(user: User, role: str | None) -> Account:
    return Account(
        user.id, user.tenant_id, user.number or 0, user.name, user.email, role or "", user.avatar_url, user.created_at
    )


def _flush_unique(session: Session, email: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise UserExists(f"{email} has an account already") from error
