"""Approvals of workspaces: what agents ask for where they work, and what their tasks there wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from identity.memberships import manages
from identity.types import Principal
from identity.workspaces import Workspaces
from kit.errors import Forbidden
from kit.pagination import Page, PageRequest
from orchestration.approvals.deciders import TokensOfWorkspace
from orchestration.approvals.errors import ApprovalIsNotThere
from orchestration.approvals.resolving import Resolver
from orchestration.approvals.service import Approvals
from orchestration.approvals.types import (
    ApprovalQuery,
    ApprovalStatus,
    ApprovalType,
    ApprovalView,
    Decision,
    Request,
    RiskLevel,
)
from orchestration.tasks.actors import actor_of
from orchestration.tasks.types import Json


@dataclass(frozen=True, slots=True)
class NewWorkspaceApproval:
    action: str
    description: str | None
    metadata: Mapping[str, Json]
    options: Sequence[str]
    risk: RiskLevel


@dataclass(frozen=True, slots=True)
class WorkspaceApprovals:
    """All methods take the caller's session and leave committing to it. WorkspaceNotFound for whoever is neither let in
    by a token of the workspace nor a manager of its tenant."""

    workspaces: Workspaces
    approvals: Approvals
    resolver: Resolver

    def request(
        self, session: Session, principal: Principal, workspace_id: str, new: NewWorkspaceApproval
    ) -> ApprovalView:
        workspace = self.workspaces.get(session, principal, workspace_id)
        is_token = principal.workspace_id is not None
        request = Request(
            tenant_id=principal.tenant_id,
            title=new.action,
            type=ApprovalType.CHANNEL_ACTION,
            risk=new.risk,
            description=new.description,
            options=new.options,
            details=new.metadata,
            workspace_id=workspace.id,
            asked_with=self.workspaces.origin(session, principal) if is_token else None,
        )
        approval_id = self.approvals.request(session, request, actor_of(session, principal))
        return self.approvals.get(session, principal, approval_id)

    def list(
        self, session: Session, principal: Principal, workspace_id: str, query: ApprovalQuery, page: PageRequest
    ) -> Page[ApprovalView]:
        """Newest first."""
        workspace = self.workspaces.get(session, principal, workspace_id)
        return self.approvals.list(session, principal, replace(query, workspace_id=workspace.id), page)

    def decide(
        self, session: Session, principal: Principal, workspace_id: str, approval_id: str, decision: Decision
    ) -> ApprovalView:
        """ApprovalIsNotThere for one that is not the workspace's, and what `Resolver.resolve` raises."""
        workspace = self.workspaces.get(session, principal, workspace_id)
        if self.approvals.get(session, principal, approval_id).workspace_id != workspace.id:
            raise ApprovalIsNotThere(approval_id)
        deciders = TokensOfWorkspace(self.workspaces)
        self.resolver.resolve(session, principal, approval_id, decision, deciders=deciders)
        return self.approvals.get(session, principal, approval_id)

    def pending(self, session: Session, principal: Principal, page: PageRequest) -> Page[ApprovalView]:
        """Of all workspaces of the tenant, newest first. For who manages it."""
        if not manages(principal):
            raise Forbidden("what waits in all workspaces is for keys that manage the tenant and are held to nothing")
        query = ApprovalQuery(statuses=(ApprovalStatus.PENDING,), is_in_workspaces=True)
        return self.approvals.list(session, principal, query, page)
