"""/dashboard/v1/approvals: what waits for a person's decision."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Path, Query

from api.dashboard.work.schemas.approvals import (
    ApprovalCounts,
    ApprovalDecision,
    ApprovalPage,
    ApprovalRecord,
    ApprovalResolved,
    ShownApprovalStatus,
    statuses_shown_as,
)
from api.deps import Manager, PageDep, Reader, RuntimeDep
from api.envelope import errors
from orchestration.approvals.types import ApprovalQuery, ApprovalType, RiskLevel

router = APIRouter(prefix="/approvals", tags=["Work: approvals"])

ApprovalId: TypeAlias = Annotated[
    str, Path(alias="approvalId", pattern=r"^[!-~]{1,64}$", description="Id of an approval")
]


async def _query(
    status: Annotated[
        ShownApprovalStatus, Query(alias="filter[status]", description="Absent: pending")
    ] = ShownApprovalStatus.PENDING,
    kind: Annotated[ApprovalType | None, Query(alias="filter[type]")] = None,
    risk: Annotated[RiskLevel | None, Query(alias="filter[riskLevel]")] = None,
) -> ApprovalQuery:
    return ApprovalQuery(statuses=statuses_shown_as(status), type=kind, risk=risk)


QueryDep: TypeAlias = Annotated[ApprovalQuery, Depends(_query)]


@router.get(
    "", operation_id="dashboardApprovalsList", summary="List approvals", responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_approvals(principal: Reader, runtime: RuntimeDep, page: PageDep, query: QueryDep) -> ApprovalPage:
    """Newest first; pending ones unless `filter[status]` says otherwise."""
    with runtime.database.read() as session:
        found = runtime.teamwork.approvals.list(session, principal, query, page)
    return ApprovalPage.of(found, limit=page.limit)


@router.get(
    "/stats", operation_id="dashboardApprovalsStats", summary="Count approvals", responses=errors(400, 401, 403, 503),
)  # fmt: skip
def get_stats(principal: Reader, runtime: RuntimeDep) -> ApprovalCounts:
    with runtime.database.read() as session:
        return ApprovalCounts.of(runtime.teamwork.approvals.stats(session, principal))


@router.get(
    "/{approvalId}", operation_id="dashboardApprovalsGet", summary="Get an approval with what it is about",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_approval(approval_id: ApprovalId, principal: Reader, runtime: RuntimeDep) -> ApprovalRecord:
    with runtime.database.read() as session:
        return ApprovalRecord.of(runtime.teamwork.approvals.get(session, principal, approval_id))


@router.post(
    "/{approvalId}/resolve", operation_id="dashboardApprovalsResolve", summary="Decide about an approval",
    responses=errors(400, 401, 403, 404, 409, 413, 422, 503),
)  # fmt: skip
def resolve_approval(
    approval_id: ApprovalId, body: ApprovalDecision, principal: Manager, runtime: RuntimeDep
) -> ApprovalResolved:
    """Administrators only, and no agents. Of two who decide at the same time one is told that the other was quicker.
    Linked activities are worked on again, with `wakeReason` `review_approved` or `review_feedback`; a crawl that is
    held removes the pages in question or keeps them."""
    with runtime.database.write() as session:
        resolved = runtime.teamwork.resolver.resolve(session, principal, approval_id, body.to_decision())
    runtime.worker.nudge()
    return ApprovalResolved.of(resolved)
