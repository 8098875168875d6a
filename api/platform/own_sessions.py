"""/api/auth, for who is signed in: one's password and one's sessions. Beside what is documented."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import APIRouter, BackgroundTasks, Path, Request
from pydantic import Field

from api.deps import AuthenticatorDep, RuntimeDep, WholeCaller
from api.platform.auth import Password, ip_of, slow_down, tell_of_new_password
from api.platform.envelope import Body, Done, Many, Record, done, errors, many
from identity.sessions import OpenSession

router = APIRouter(prefix="/auth", tags=["Platform: auth"])

SessionId: TypeAlias = Annotated[str, Path(alias="sessionId", pattern=r"^[!-~]{1,64}$", description="Id of a session")]


class PasswordChange(Body):
    current_password: Password
    password: Password


class OwnSession(Record):
    id: str
    ip: str | None = Field(description="Where it was begun from")
    created_at: datetime
    refreshed_at: datetime
    expires_at: datetime = Field(description="When it ends, unless it is refreshed before")
    is_current: bool = Field(description="Whether this request belongs to it")

    @classmethod
    def of(cls, found: OpenSession) -> OwnSession:
        return cls(
            id=found.id,
            ip=found.ip,
            created_at=found.created_at,
            refreshed_at=found.refreshed_at,
            expires_at=found.ends_at,
            is_current=found.is_current,
        )


@router.post(
    "/change-password", operation_id="platformAuthChangePassword", summary="Change one's password",
    responses=errors(400, 401, 403, 404, 413, 429, 503),
)  # fmt: skip
def change_password(
    body: PasswordChange,
    request: Request,
    *,
    principal: WholeCaller,
    runtime: RuntimeDep,
    authenticator: AuthenticatorDep,
    afterwards: BackgroundTasks,
) -> Done:
    """Ends one's other sessions, and tells the account by mail."""
    slow_down(runtime, request, f"password of {principal.user_id}")
    with runtime.database.write() as session:
        email = runtime.accounts.change_password(
            session, principal, present=body.current_password, password=body.password
        )
    authenticator.forget()
    afterwards.add_task(tell_of_new_password, runtime, email, ip_of(request))
    return done("The new password holds")


@router.get(
    "/sessions", operation_id="platformAuthSessionsList", summary="List one's own sessions",
    responses=errors(401, 403, 503),
)  # fmt: skip
def list_sessions(principal: WholeCaller, runtime: RuntimeDep) -> Many[OwnSession]:
    """Newest first."""
    with runtime.database.read() as session:
        found = [OwnSession.of(one) for one in runtime.sessions.open(session, principal)]
    return many(found, limit=len(found), offset=0)


@router.delete(
    "/sessions/{sessionId}", operation_id="platformAuthSessionsDelete", summary="End one of one's own sessions",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def end_session(
    session_id: SessionId, principal: WholeCaller, runtime: RuntimeDep, authenticator: AuthenticatorDep
) -> Done:
    with runtime.database.write() as session:
        runtime.sessions.end(session, principal, session_id)
    authenticator.forget()
    return done("The session has ended", id=session_id)
