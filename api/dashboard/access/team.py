"""/dashboard/v1/team: the people and agents of the tenant."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.dashboard.access.schemas.team import Invitation, Invited, Member, RoleChange, TeamList
from api.deps import AuthenticatorDep, Manager, Reader, RuntimeDep, public_address
from api.envelope import errors
from api.invitations import mailed
from identity.team import MemberStatus, MemberType
from kit.errors import Forbidden

router = APIRouter(prefix="/team", tags=["Access: team"])

UserId: TypeAlias = Annotated[str, Path(alias="userId", pattern=r"^[!-~]{1,64}$", description="Id of a person")]


@router.get(
    "", operation_id="dashboardTeamList", summary="List people and agents", response_model_exclude_none=True,
    responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_team(
    principal: Reader,
    runtime: RuntimeDep,
    kind: Annotated[MemberType | None, Query(alias="filter[type]")] = None,
    status: Annotated[MemberStatus | None, Query(alias="filter[status]")] = None,
    role: Annotated[str | None, Query(alias="filter[role]", max_length=64)] = None,
) -> TeamList:
    """All principals of the tenant. Agents' keys do not see it: they have no use for people's addresses."""
    if principal.agent_role is not None:
        raise Forbidden(f"key {principal.name!r} is an agent's, and agents do not see the team")
    with runtime.database.read() as session:
        members = runtime.team.list(session, principal)
    shown = [
        Member.of(member)
        for member in members
        if (kind is None or member.type == kind)
        and (status is None or member.status == status)
        and (role is None or member.role == role)
    ]
    return TeamList(data=shown)


@router.post(
    "/invite", operation_id="dashboardTeamInvite", status_code=201, summary="Invite a person",
    responses=errors(400, 401, 403, 409, 413, 503),
)  # fmt: skip
def invite(body: Invitation, principal: Manager, runtime: RuntimeDep, request: Request) -> Invited:
    """Administrators only. The link works once, for a week; it is mailed, and shown this once."""
    with runtime.database.write() as session:
        issued = runtime.team.invite(session, principal, email=body.email, name=body.name, role=body.role)
    url, _ = mailed(runtime, issued, base=public_address(runtime, request))
    return Invited.of(issued, url)


@router.patch(
    "/users/{userId}", operation_id="dashboardTeamUsersUpdate", summary="Give a person another role",
    response_model_exclude_none=True, responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def change_role(
    user_id: UserId, body: RoleChange, principal: Manager, runtime: RuntimeDep, authenticator: AuthenticatorDep
) -> Member:
    """Administrators only. Keys and sessions of the person do no more than the new role from now on."""
    with runtime.database.write() as session:
        member = runtime.team.change_role(session, principal, user_id, body.role)
    authenticator.forget()
    return Member.of(member)


@router.delete(
    "/users/{userId}", operation_id="dashboardTeamUsersRemove", status_code=204, summary="Remove a person",
    response_class=Response, responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def remove(user_id: UserId, principal: Manager, runtime: RuntimeDep, authenticator: AuthenticatorDep) -> None:
    """Administrators only. Keys and sessions end; what the person did stays in the audit log."""
    with runtime.database.write() as session:
        runtime.team.remove(session, principal, user_id)
    authenticator.forget()
