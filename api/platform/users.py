"""/api/users: the people of the tenant."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Path
from pydantic import Field

from api.deps import AuthenticatorDep, Manager, Reader, RuntimeDep, WholeCaller
from api.fields import STORABLE
from api.platform.envelope import Body, Done, Item, Many, done, errors, many
from api.platform.people import TENANT_ROLES, PlatformUser
from identity.types import Principal, Role
from kit.errors import Detail, Forbidden, Invalid
from orchestration.runtime import Runtime

router = APIRouter(prefix="/users", tags=["Platform: users"])

UserNumber: TypeAlias = Annotated[int, Path(alias="id", ge=1, le=2**31 - 1, description="Number of a user")]


class UserChange(Body):
    username: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE] | None = None
    email: Annotated[str, Field(min_length=3, max_length=320), STORABLE] | None = None
    role: Literal["admin", "editor", "viewer", "builder", "agent", "demo"] | None = None


@router.get("", operation_id="platformUsersList", summary="List all users", responses=errors(401, 403, 503))
def list_users(principal: Reader, runtime: RuntimeDep) -> Many[PlatformUser]:
    _check_is_no_agent(principal)
    with runtime.database.read() as session:
        users = [PlatformUser.of(account) for account in runtime.accounts.list(session, principal)]
    return many(users, limit=len(users), offset=0)


# Before /{id}: "me" is no number.
@router.delete(
    "/me", operation_id="platformUsersMeDelete", summary="Delete own account", responses=errors(401, 403, 404, 503)
)
def delete_me(principal: WholeCaller, runtime: RuntimeDep, authenticator: AuthenticatorDep) -> Done:
    """The right to be forgotten. Administrators cannot."""
    with runtime.database.write() as session:
        account = runtime.accounts.erase_own(session, principal)
    authenticator.forget()
    return done("Account deleted", id=account.number)


@router.get(
    "/{id}", operation_id="platformUsersGet", summary="Get a user by ID", responses=errors(400, 401, 403, 404, 503)
)
def get_user(number: UserNumber, principal: Reader, runtime: RuntimeDep) -> Item[PlatformUser]:
    _check_is_no_agent(principal)
    with runtime.database.read() as session:
        return Item(data=PlatformUser.of(runtime.accounts.get(session, principal, number)))


@router.patch(
    "/{id}", operation_id="platformUsersUpdate", summary="Update a user",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def update_user(
    number: UserNumber, body: UserChange, principal: Manager, runtime: RuntimeDep, authenticator: AuthenticatorDep
) -> Item[PlatformUser]:
    """Admin-only. `editor` and `builder` become members of the tenant, `viewer` and `demo` reviewers."""
    _check_rules(principal)
    role = None if body.role is None else TENANT_ROLES.get(body.role)
    if body.role is not None and role is None:
        message = "an agent is a key with an agent role, not a user"
        raise Invalid(message, details=[Detail("role", message)])
    with runtime.database.write() as session:
        account = runtime.accounts.change(session, principal, number, name=body.username, email=body.email)
        if role is not None and role != account.role:
            runtime.team.change_role(session, principal, account.id, Role(role))
        account = runtime.accounts.get(session, principal, number)
    authenticator.forget()
    return Item(data=PlatformUser.of(account))


@router.delete(
    "/{id}", operation_id="platformUsersDelete", summary="Delete a user", responses=errors(400, 401, 403, 404, 409, 503)
)
def delete_user(number: UserNumber, principal: Manager, runtime: RuntimeDep, authenticator: AuthenticatorDep) -> Done:
    """Admin-only. Not one's own account."""
    _check_rules(principal)
    with runtime.database.write() as session:
        _remove(runtime, session, principal, number)
    authenticator.forget()
    return done("User deleted", id=number)


def _remove(runtime: Runtime, session, principal: Principal, number: int) -> None:  # type: ignore[no-untyped-def]  # SQLAlchemy's session, which no surface imports
    account = runtime.accounts.get(session, principal, number)
    if account.id == principal.user_id:
        raise Forbidden("you cannot delete your own account here")
    runtime.team.remove(session, principal, account.id)


def _check_is_no_agent(principal: Principal) -> None:
    if principal.agent_role is not None:
        raise Forbidden(f"key {principal.name!r} is an agent's, and agents do not see users")


def _check_rules(principal: Principal) -> None:
    if principal.is_narrowed:
        raise Forbidden(f"key {principal.name!r} is for an agent or for certain datasets and cannot change users")
