"""/api/auth: registering, signing in and out, passwords. `refresh` and `reset-password` complete what is documented."""

from __future__ import annotations

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, BackgroundTasks, Request
from pydantic import Field
from sqlalchemy.exc import SQLAlchemyError

from api.deps import AuthenticatorDep, CallerDep, RuntimeDep
from api.fields import STORABLE
from api.platform.envelope import Body, Done, Item, Record, done, errors
from api.platform.people import PlatformUser
from identity.accounts import Account
from identity.audit.acts import Act
from identity.audit.trail import Deed
from identity.audit.types import ActorType
from identity.bootstrap import TENANT_NAME
from identity.errors import CredentialNotAccepted, SignInRefused
from identity.rates import Bound
from identity.sessions import CopiedToken, Tokens
from kit.errors import CairnError, Detail, Invalid, RateLimited
from orchestration.runtime import Runtime

router = APIRouter(prefix="/auth", tags=["Platform: auth"])

_log = structlog.get_logger(__name__)

ATTEMPTS, FROM_ONE_PLACE, WINDOW = 10, 100, 900
"""Tries at one address, and from one place, in 15 minutes (ASVS 2.2.1)."""

Text = Annotated[str, Field(min_length=1, max_length=320), STORABLE]
Password = Annotated[str, Field(min_length=1, max_length=1024), STORABLE]


class Registration(Body):
    username: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
    email: Text
    password: Password
    invite_code: Text | None = Field(None, description="What stands behind `#` in the link of an invite")
    terms_accepted: bool
    privacy_accepted: bool


class Login(Body):
    email: Text
    password: Password


class Logout(Body):
    all_devices: bool = False


class Address(Body):
    email: Text


class Refreshing(Body):
    refresh_token: Text


class NewPassword(Body):
    token: Text = Field(description="What stands behind `#` in the link that was sent")
    password: Password


class LoginResponse(Record):
    success: bool = True
    token: str = Field(description="Good for 15 minutes; send it as `Authorization: Bearer`")
    refresh_token: str = Field(description="Good for one use")
    user: PlatformUser | None = None

    @classmethod
    def of(cls, tokens: Tokens, account: Account | None) -> LoginResponse:
        user = None if account is None else PlatformUser.of(account)
        return cls(token=tokens.access, refresh_token=tokens.refresh, user=user)


class WaysIn(Record):
    """Beside keys, which always hold."""

    password: bool = True
    identity_provider: bool = Field(description="Begin at `/api/auth/oidc`")


@router.get("/ways", operation_id="platformAuthWays", summary="See how people may sign in here")
def list_ways(runtime: RuntimeDep) -> Item[WaysIn]:
    return Item(data=WaysIn(identity_provider=runtime.oidc is not None))


@router.post(
    "/register", operation_id="platformAuthRegister", status_code=201, summary="Register a new user account",
    responses=errors(400, 404, 409, 413, 429, 503),
)  # fmt: skip
def register(body: Registration, request: Request, runtime: RuntimeDep) -> Item[PlatformUser]:
    """Needs an invite. The password has 12 characters or more and is not among the first that are tried."""
    slow_down(runtime, request, body.email)
    if not (body.terms_accepted and body.privacy_accepted):
        field = "privacy_accepted" if body.terms_accepted else "terms_accepted"
        raise Invalid(f"{field} must be true", details=[Detail(field, "must be true")])
    if body.invite_code is None:
        raise Invalid("registering needs an invite", details=[Detail("invite_code", "is required")])
    with runtime.database.write() as session:
        account = runtime.accounts.register(
            session, name=body.username, email=body.email, password=body.password, invite=body.invite_code
        )
        act = Act(account.tenant_id, ActorType.USER, account.id, account.name, None, ip=ip_of(request))
        runtime.trail.record(session, [Deed(act, runtime.clock.now(), "registered", "user", account.id, {})])
    return Item(data=PlatformUser.of(account))


@router.post(
    "/login", operation_id="platformAuthLogin", summary="Authenticate with email and password",
    responses=errors(400, 401, 413, 429, 503),
)  # fmt: skip
def login(body: Login, request: Request, runtime: RuntimeDep) -> LoginResponse:
    slow_down(runtime, request, body.email)
    try:
        with runtime.database.write() as session:
            tokens = runtime.sessions.sign_in(session, email=body.email, password=body.password, ip=ip_of(request))
            return signed_in(runtime, session, tokens, request)
    except SignInRefused:
        _record_refusal(runtime, request)
        raise


@router.post(
    "/refresh", operation_id="platformAuthRefresh", summary="Exchange a refresh token for new tokens",
    responses=errors(400, 401, 413, 503),
)  # fmt: skip
def refresh(body: Refreshing, request: Request, runtime: RuntimeDep, authenticator: AuthenticatorDep) -> LoginResponse:
    """Each works once. One that comes twice was copied, and ends that sign-in on every device that has it."""
    with runtime.database.write() as session:
        tokens = runtime.sessions.refresh(session, body.refresh_token)
        _record_refresh(runtime, session, tokens, request)
    authenticator.forget()
    if isinstance(tokens, CopiedToken):
        raise CredentialNotAccepted
    return LoginResponse.of(tokens, None)


@router.post(
    "/logout", operation_id="platformAuthLogout", summary="Revoke the current session, or all of the user's",
    responses=errors(400, 401, 413, 503),
)  # fmt: skip
def logout(
    principal: CallerDep, runtime: RuntimeDep, authenticator: AuthenticatorDep, body: Logout | None = None
) -> Done:
    with runtime.database.write() as session:
        everywhere = body is not None and body.all_devices
        ended = runtime.sessions.sign_out(session, key_id=principal.key_id, everywhere=everywhere)
    authenticator.forget()
    return done("Logged out", sessions_ended=ended)


@router.get(
    "/me", operation_id="platformAuthMe", summary="Get current authenticated user", responses=errors(401, 404, 503)
)
def me(principal: CallerDep, runtime: RuntimeDep) -> Item[PlatformUser]:
    with runtime.database.read() as session:
        return Item(data=PlatformUser.of(runtime.accounts.mine(session, principal)))


@router.post(
    "/forgot-password", operation_id="platformAuthForgotPassword", summary="Request a password reset email",
    responses=errors(400, 413, 429, 503),
)  # fmt: skip
def forgot_password(body: Address, request: Request, runtime: RuntimeDep, afterwards: BackgroundTasks) -> Done:
    """The answer is the same, and comes as soon, whether there is such an account or not."""
    slow_down(runtime, request, body.email)
    afterwards.add_task(_send_reset, runtime, body.email)
    return done("If there is such an account, a message is on its way")


@router.post(
    "/reset-password", operation_id="platformAuthResetPassword", summary="Choose a new password",
    responses=errors(400, 413, 429, 503),
)  # fmt: skip
def reset_password(
    body: NewPassword,
    request: Request,
    runtime: RuntimeDep,
    authenticator: AuthenticatorDep,
    afterwards: BackgroundTasks,
) -> Done:
    """Ends all sessions of the account, and tells it by mail."""
    slow_down(runtime, request, None)
    with runtime.database.write() as session:
        account = runtime.accounts.reset(session, token=body.token, password=body.password)
        act = Act(account.tenant_id, ActorType.USER, account.id, account.name, None, ip=ip_of(request))
        runtime.trail.record(session, [Deed(act, runtime.clock.now(), "password_reset", "user", account.id, {})])
    authenticator.forget()
    afterwards.add_task(tell_of_new_password, runtime, account.email, ip_of(request))
    return done("The new password holds")


def tell_of_new_password(runtime: Runtime, email: str, ip: str) -> None:
    """To the account's address, when the answer is out (ASVS 2.2.3). It holds whether the mail leaves or not."""
    text = f"Your password for Cairn was changed at {runtime.clock.now():%Y-%m-%d %H:%M} UTC, from {ip}.\n\n"
    text += 'If that was not you, choose a new one now ("forgot password"), and tell your administrator.\n'
    try:
        runtime.mailer.send(to=email, subject="Your password for Cairn was changed", text=text)
    except (CairnError, OSError):
        _log.exception("password_notice.not_sent")


def _send_reset(runtime: Runtime, email: str) -> None:
    """When the answer is out: how long it takes, and whether the mail server is there, is nobody's to see. The link
    does not lead to where the request says that Cairn is: anybody can send one, with any name."""
    try:
        with runtime.database.write() as session:
            begun = runtime.accounts.begin_reset(session, email)
        for reset in begun:
            of = f" in {reset.tenant!r}" if len(begun) > 1 else ""
            text = f"Somebody, perhaps you, asked for a new password{of}. Choose one within 30 minutes:\n\n"
            text += f"{runtime.settings.address}/reset-password#{reset.token}\n"
            runtime.mailer.send(to=reset.email, subject="A new password for Cairn", text=text)
    except (CairnError, SQLAlchemyError):
        _log.exception("reset.not_sent")


def signed_in(runtime: Runtime, session: Any, tokens: Tokens, request: Request) -> LoginResponse:
    """What somebody is told who was let in just now, after it went into the trail. `session` is the database's."""
    principal = runtime.keys.authenticate(session, tokens.access)
    account = runtime.accounts.mine(session, principal)
    act = Act.of(principal, ip=ip_of(request))
    runtime.trail.record(session, [Deed(act, runtime.clock.now(), "signed_in", "user", tokens.user_id, {})])
    return LoginResponse.of(tokens, account)


def _record_refresh(runtime: Runtime, session: Any, tokens: Tokens | CopiedToken, request: Request) -> None:
    """`session` is the database's."""
    if isinstance(tokens, CopiedToken):
        act = Act(tokens.tenant_id, ActorType.USER, tokens.user_id, "refresh token", None, ip=ip_of(request))
        deed = Deed(act, runtime.clock.now(), "copy_refused", "sign_in", tokens.sign_in_id, {})
    else:
        act = Act.of(runtime.keys.authenticate(session, tokens.access), ip=ip_of(request))
        deed = Deed(act, runtime.clock.now(), "refreshed", "user", tokens.user_id, {})
    runtime.trail.record(session, [deed])


def slow_down(runtime: Runtime, request: Request, email: str | None) -> None:
    """Raises RateLimited for who tries too often, at one address or from one place."""
    subjects = [(f"sign-in from {ip_of(request)}", FROM_ONE_PLACE)]
    if email is not None:
        subjects.append((f"sign-in as {email.strip().lower()}"[:100], ATTEMPTS))
    for subject, limit in subjects:
        allowance = runtime.rates.take(Bound(subject, limit, WINDOW))
        if not allowance.is_allowed:
            raise RateLimited(
                f"too many attempts; try again in {allowance.reset} seconds",
                retry_after=float(allowance.reset),
                limit=limit,
            )


def _record_refusal(runtime: Runtime, request: Request) -> None:
    """In the first tenant's trail: whose account was meant is nobody's to say."""
    with runtime.database.write() as session:
        tenant_id = runtime.accounts.first_tenant(session, TENANT_NAME)
        if tenant_id is not None:
            act = Act(tenant_id, ActorType.SYSTEM, "sign-in", "sign-in", None, ip=ip_of(request))
            runtime.trail.record(session, [Deed(act, runtime.clock.now(), "refused", "sign_in", "", {})])


def ip_of(request: Request) -> str:
    return request.client.host if request.client else "unknown"
