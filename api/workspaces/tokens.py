"""/workspaces/{id}/tokens and /admin/workspaces/{id}/tokens: the tokens of workspaces."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path
from pydantic import Field

from api.deps import AuthenticatorDep, CallerDep, Manager, RuntimeDep
from api.workspaces.envelope import Body, Record, errors
from api.workspaces.fields import IDENTIFIER, Name, WorkspaceId
from identity.credentials import IssuedKey, KeyView

router = APIRouter(tags=["Workspaces: tokens"])

TokenId: TypeAlias = Annotated[str, Path(alias="tokenId", pattern=IDENTIFIER, description="Id of one of its tokens")]


class NewToken(Body):
    name: Name | None = None


class TokenRecord(Record):
    id: str
    name: str
    token: str = Field(description="Its beginning; the rest is masked")
    created_at: datetime
    last_used_at: datetime | None = Field(description="To the minute")

    @classmethod
    def of(cls, view: KeyView) -> TokenRecord:
        return cls(
            id=view.id, name=view.name, token=f"{view.hint}…", created_at=view.created_at,
            last_used_at=view.last_used_at,
        )  # fmt: skip


class TokenList(Record):
    tokens: list[TokenRecord]


class NewTokenRecord(Record):
    id: str
    name: str
    token: str = Field(description="Shown this once")
    created_at: datetime

    @classmethod
    def of(cls, issued: IssuedKey) -> NewTokenRecord:
        return cls(id=issued.key.id, name=issued.key.name, token=issued.token, created_at=issued.key.created_at)


class Revoked(Record):
    id: str
    revoked: bool


@router.get(
    "/workspaces/{id}/tokens", operation_id="workspacesTokensList", summary="List active tokens for a workspace",
    responses=errors(400, 401, 404, 503),
)  # fmt: skip
def list_tokens(workspace_id: WorkspaceId, principal: CallerDep, runtime: RuntimeDep) -> TokenList:
    """For a token of the workspace, and for who manages the tenant. Values are masked."""
    with runtime.database.read() as session:
        views = runtime.workspaces.tokens(session, principal, workspace_id)
    return TokenList(tokens=[TokenRecord.of(view) for view in views])


@router.post(
    "/workspaces/{id}/tokens", operation_id="workspacesTokensCreate", status_code=201,
    summary="Create a new bearer token for the workspace", responses=errors(400, 401, 404, 413, 503),
)  # fmt: skip
def create_token(
    workspace_id: WorkspaceId, principal: CallerDep, runtime: RuntimeDep, body: NewToken | None = None
) -> NewTokenRecord:
    name = None if body is None else body.name
    with runtime.database.write() as session:
        return NewTokenRecord.of(runtime.workspaces.issue(session, principal, workspace_id, name=name))


@router.delete(
    "/workspaces/{id}/tokens/{tokenId}", operation_id="workspacesTokensRevoke", summary="Revoke a specific token",
    responses=errors(400, 401, 404, 503),
)  # fmt: skip
def revoke_token(
    workspace_id: WorkspaceId, token_id: TokenId, principal: CallerDep, runtime: RuntimeDep,
    authenticator: AuthenticatorDep,
) -> Revoked:  # fmt: skip
    """For good, and in every process within a second."""
    with runtime.database.write() as session:
        view = runtime.workspaces.revoke(session, principal, workspace_id, token_id)
    authenticator.forget()
    return Revoked(id=view.id, revoked=True)


@router.post(
    "/admin/workspaces/{id}/tokens", operation_id="workspacesAdminTokensMint", status_code=201,
    summary="Mint a fresh bearer token for a workspace", responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def mint_token(
    workspace_id: WorkspaceId, principal: Manager, runtime: RuntimeDep, body: NewToken | None = None
) -> NewTokenRecord:
    """The way in to a workspace that has no token yet. Administrators only."""
    name = None if body is None else body.name
    with runtime.database.write() as session:
        return NewTokenRecord.of(runtime.workspaces.mint(session, principal, workspace_id, name=name))
