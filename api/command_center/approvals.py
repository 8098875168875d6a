"""/api/v1/approvals: what waits for a person's decision."""

from __future__ import annotations

from fastapi import APIRouter

from api.command_center.envelope import errors
from api.command_center.schemas.approvals import PendingApprovals
from api.deps import PageDep, Reader, RuntimeDep
from orchestration.approvals.types import ApprovalQuery, ApprovalStatus

router = APIRouter(prefix="/approvals", tags=["Command center: approvals"])


@router.get(
    "/pending", operation_id="commandCenterApprovalsPending", summary="Pending approvals queue",
    responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_pending(principal: Reader, runtime: RuntimeDep, page: PageDep) -> PendingApprovals:
    """Newest first. Those that are about something other than tasks, such as a crawl that is held, have none."""
    query = ApprovalQuery(statuses=(ApprovalStatus.PENDING,))
    with runtime.database.read() as session:
        return PendingApprovals.of(runtime.teamwork.approvals.list(session, principal, query, page))
