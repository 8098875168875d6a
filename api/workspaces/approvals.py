"""/workspaces/{id}/approvals and /approvals/pending: what agents ask people before they do it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Query

from api.deps import CallerDep, Manager, PageDep, RuntimeDep
from api.workspaces.envelope import errors
from api.workspaces.fields import IDENTIFIER, WorkspaceId
from api.workspaces.schemas.approvals import (
    ApprovalList,
    ApprovalRecord,
    Decide,
    NewApproval,
    ShownApprovalStatus,
    statuses_shown_as,
)
from orchestration.approvals.types import ApprovalQuery

router = APIRouter(tags=["Workspaces: approvals"])

ApprovalId: TypeAlias = Annotated[
    str, Path(alias="approvalId", pattern=IDENTIFIER, description="Id of one of its approvals")
]
Status: TypeAlias = Annotated[ShownApprovalStatus | None, Query(description="Absent: of any")]


@router.post(
    "/workspaces/{id}/approvals", operation_id="workspacesApprovalsCreate", status_code=201,
    summary="Create an approval request", responses=errors(400, 401, 404, 413, 503),
)  # fmt: skip
def create_approval(
    workspace_id: WorkspaceId, body: NewApproval, principal: CallerDep, runtime: RuntimeDep
) -> ApprovalRecord:
    """It expires after a week."""
    with runtime.database.write() as session:
        view = runtime.teamwork.workspace_approvals.request(session, principal, workspace_id, body.to_approval())
    return ApprovalRecord.of(view)


@router.get(
    "/workspaces/{id}/approvals", operation_id="workspacesApprovalsList",
    summary="List approval requests for a workspace", responses=errors(400, 401, 404, 503),
)  # fmt: skip
def list_approvals(
    workspace_id: WorkspaceId, principal: CallerDep, runtime: RuntimeDep, page: PageDep, status: Status = None
) -> ApprovalList:
    """Newest first: those asked for here, and those that tasks of the workspace wait for."""
    query = ApprovalQuery(statuses=None if status is None else statuses_shown_as(status))
    with runtime.database.read() as session:
        found = runtime.teamwork.workspace_approvals.list(session, principal, workspace_id, query, page)
    return ApprovalList.of(found)


@router.post(
    "/workspaces/{id}/approvals/{approvalId}/decide", operation_id="workspacesApprovalsDecide",
    summary="Approve or reject an approval request", responses=errors(400, 401, 403, 404, 409, 413, 422, 503),
)  # fmt: skip
def decide_approval(
    workspace_id: WorkspaceId, approval_id: ApprovalId, body: Decide, principal: CallerDep, runtime: RuntimeDep
) -> ApprovalRecord:
    """By a token of the workspace, or by who manages the tenant. 403 for the token that it was asked for with, and for
    those that go back to that one: an agent does not approve what it asked for. Of two who decide at the same time one
    is told that the other was quicker."""
    with runtime.database.write() as session:
        view = runtime.teamwork.workspace_approvals.decide(
            session, principal, workspace_id, approval_id, body.to_decision()
        )
    runtime.worker.nudge()
    return ApprovalRecord.of(view)


@router.get(
    "/approvals/pending", operation_id="workspacesApprovalsPending",
    summary="List all pending approval requests across all workspaces", responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_pending(principal: Manager, runtime: RuntimeDep, page: PageDep) -> ApprovalList:
    """Of the tenant's, newest first. Administrators only."""
    with runtime.database.read() as session:
        return ApprovalList.of(runtime.teamwork.workspace_approvals.pending(session, principal, page))
