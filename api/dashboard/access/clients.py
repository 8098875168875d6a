"""/dashboard/v1/clients: whom the tenant works for, and who works for them. Their keys are made as others are."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.dashboard.access.schemas.clients import (
    Client,
    ClientCreation,
    ClientList,
    ClientMember,
    ClientMemberList,
    NewClientMember,
)
from api.deps import AuthenticatorDep, Manager, Reader, RuntimeDep, WholeCaller
from api.envelope import errors

router = APIRouter(prefix="/clients", tags=["Access: clients"])

ClientId: TypeAlias = Annotated[str, Path(alias="clientId", pattern=r"^[!-~]{1,64}$", description="Id of a client")]
UserId: TypeAlias = Annotated[str, Path(alias="userId", pattern=r"^[!-~]{1,64}$", description="Id of a person")]


@router.get("", operation_id="dashboardClientsList", summary="List clients", responses=errors(401, 403, 503))
def list_clients(principal: Reader, runtime: RuntimeDep) -> ClientList:
    """Administrators see the tenant's, others those that they are members of, a client's key its own."""
    with runtime.database.read() as session:
        views = runtime.clients.list(session, principal)
    return ClientList(data=[Client.of(view) for view in views])


@router.post(
    "", operation_id="dashboardClientsCreate", status_code=201, summary="Create a client",
    responses=errors(400, 401, 403, 413, 503),
)  # fmt: skip
def create_client(body: ClientCreation, principal: Manager, runtime: RuntimeDep) -> Client:
    """Administrators only."""
    with runtime.database.write() as session:
        return Client.of(runtime.clients.create(session, principal, name=body.name, agent_role=body.agent_role))


@router.get(
    "/{clientId}", operation_id="dashboardClientsGet", summary="Get a client", responses=errors(400, 401, 403, 404, 503)
)
def get_client(client_id: ClientId, principal: Reader, runtime: RuntimeDep) -> Client:
    with runtime.database.read() as session:
        return Client.of(runtime.clients.get(session, principal, client_id))


@router.delete(
    "/{clientId}", operation_id="dashboardClientsDelete", status_code=204, summary="Delete a client",
    response_class=Response, responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def delete_client(
    client_id: ClientId, principal: WholeCaller, runtime: RuntimeDep, authenticator: AuthenticatorDep
) -> None:
    """Its owners and administrators only. Its keys end with it, in every process within a second."""
    with runtime.database.write() as session:
        runtime.clients.delete(session, principal, client_id)
    authenticator.forget()


@router.get(
    "/{clientId}/members", operation_id="dashboardClientsMembersList", summary="List who works for a client",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_members(client_id: ClientId, principal: WholeCaller, runtime: RuntimeDep) -> ClientMemberList:
    with runtime.database.read() as session:
        members = runtime.clients.members(session, principal, client_id)
    return ClientMemberList(data=[ClientMember.of(member) for member in members])


@router.post(
    "/{clientId}/members", operation_id="dashboardClientsMembersAdd", status_code=201,
    summary="Let a person work for a client", responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def add_member(client_id: ClientId, body: NewClientMember, principal: WholeCaller, runtime: RuntimeDep) -> ClientMember:
    """The client's admins and the tenant's only."""
    with runtime.database.write() as session:
        member = runtime.clients.add_member(session, principal, client_id, user_id=body.user_id, role=body.role)
    return ClientMember.of(member)


@router.delete(
    "/{clientId}/members/{userId}", operation_id="dashboardClientsMembersRemove", status_code=204,
    summary="Let a person work for a client no longer", response_class=Response,
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def remove_member(
    client_id: ClientId, user_id: UserId, principal: WholeCaller, runtime: RuntimeDep, authenticator: AuthenticatorDep
) -> None:
    """As adding one. The person's own keys for the client end."""
    with runtime.database.write() as session:
        runtime.clients.remove_member(session, principal, client_id, user_id)
    authenticator.forget()
