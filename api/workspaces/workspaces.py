"""/admin/workspaces and /workspaces/{id}: making workspaces and finding them, which completes what is documented:
without a workspace there is nothing to mint a token for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.deps import CallerDep, Manager, RuntimeDep
from api.fields import STORABLE
from api.workspaces.envelope import Body, Record, errors
from api.workspaces.fields import Name, WorkspaceId
from identity.workspaces import WorkspaceView

router = APIRouter(tags=["Workspaces"])


class NewWorkspace(Body):
    name: Name
    agent_role: Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), STORABLE] | None = Field(
        None, description="What datasets must allow; left out, only those open to every agent are open to it"
    )


class WorkspaceRecord(Record):
    id: str
    name: str
    agent_role: str
    created_at: datetime

    @classmethod
    def of(cls, view: WorkspaceView) -> WorkspaceRecord:
        return cls(id=view.id, name=view.name, agent_role=view.agent_role, created_at=view.created_at)


class WorkspaceList(Record):
    workspaces: list[WorkspaceRecord]


@router.get(
    "/admin/workspaces", operation_id="workspacesAdminList", summary="List workspaces",
    responses=errors(401, 403, 503),
)  # fmt: skip
def list_workspaces(principal: Manager, runtime: RuntimeDep) -> WorkspaceList:
    with runtime.database.read() as session:
        views = runtime.workspaces.list(session, principal)
    return WorkspaceList(workspaces=[WorkspaceRecord.of(view) for view in views])


@router.post(
    "/admin/workspaces", operation_id="workspacesAdminCreate", status_code=201, summary="Create a workspace",
    responses=errors(400, 401, 403, 413, 503),
)  # fmt: skip
def create_workspace(body: NewWorkspace, principal: Manager, runtime: RuntimeDep) -> WorkspaceRecord:
    with runtime.database.write() as session:
        view = runtime.workspaces.create(session, principal, name=body.name, agent_role=body.agent_role)
    return WorkspaceRecord.of(view)


@router.get(
    "/workspaces/{id}", operation_id="workspacesGet", summary="Get a workspace", responses=errors(400, 401, 404, 503),
)  # fmt: skip
def get_workspace(workspace_id: WorkspaceId, principal: CallerDep, runtime: RuntimeDep) -> WorkspaceRecord:
    """For a token of the workspace, which learns its own id and role so, and for who manages the tenant."""
    with runtime.database.read() as session:
        return WorkspaceRecord.of(runtime.workspaces.get(session, principal, workspace_id))
