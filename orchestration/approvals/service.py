"""Approvals: ask for one, find them, count them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from kit.ids import new_id
from kit.pagination import Page, PageRequest, encode_cursor
from orchestration.approvals import repository
from orchestration.approvals.events import tell_created
from orchestration.approvals.models import Approval, ApprovalTask
from orchestration.approvals.ports import ApprovalNotices
from orchestration.approvals.types import (
    PATIENCE,
    ApprovalQuery,
    ApprovalStats,
    ApprovalStatus,
    ApprovalType,
    ApprovalView,
    LinkedTask,
    Request,
    RiskLevel,
)
from orchestration.tasks import repository as tasks
from orchestration.tasks.events import record
from orchestration.tasks.models import Artifact, Task
from orchestration.tasks.moves import Moves
from orchestration.tasks.sight import Sight, sight_of
from orchestration.tasks.types import Actor, ActorKind, TaskStatus

PREVIEW = 500
"""Characters of a task's output that are shown with an approval."""

SOON = timedelta(hours=24)

_RESOLVED = (ApprovalStatus.APPROVED, ApprovalStatus.REJECTED, ApprovalStatus.REVISION_REQUESTED)


@dataclass(frozen=True, slots=True)
class Approvals:
    """All methods take the caller's session and leave committing to it."""

    names: DatasetNames
    moves: Moves
    notices: ApprovalNotices
    clock: Clock

    def request(self, session: Session, request: Request, actor: Actor) -> str:
        """The id. Its tasks, which are in progress and of that tenant, wait for the decision from now on;
        TaskCannotBecome where one is not in progress."""
        now = self.clock.now()
        row = Approval(
            id=new_id(),
            tenant_id=request.tenant_id,
            dataset_id=request.dataset_id,
            workspace_id=request.workspace_id,
            asked_with=request.asked_with,
            subject_kind=request.subject.kind if request.subject else None,
            subject_id=request.subject.id if request.subject else None,
            type=request.type,
            risk=request.risk,
            title=request.title[:300],
            description=request.description,
            options=list(request.options),
            details=dict(request.details),
            created_by_kind=actor.kind,
            created_by_id=actor.id,
            created_by_name=actor.name,
            status=ApprovalStatus.PENDING,
            created_at=now,
            expires_at=request.expires_at or now + PATIENCE,
        )
        session.add(row)
        session.flush()
        for task in tasks.held(session, request.task_ids):
            session.add(ApprovalTask(approval_id=row.id, task_id=task.id))
            task.approval_id = row.id
            self.moves.move(session, task, TaskStatus.AWAITING_APPROVAL, actor)
            record(session, task, "approval_requested", actor, at=now, data={"approvalId": row.id})
        tell_created(session, row)
        self.notices.approval_asked(session, row, actor)
        session.flush()
        return row.id

    def get(self, session: Session, principal: Principal, approval_id: str) -> ApprovalView:
        sight = sight_of(session, principal, self.names)
        return self._views(session, sight, [repository.get(session, sight, approval_id)])[0]

    def find(self, session: Session, principal: Principal, approval_id: str | None) -> ApprovalView | None:
        """None where there is none for the caller."""
        if approval_id is None:
            return None
        sight = sight_of(session, principal, self.names)
        row = session.scalar(select(Approval).where(Approval.id == approval_id, repository.visible(sight)))
        return None if row is None else self._views(session, sight, [row])[0]

    def list(
        self, session: Session, principal: Principal, query: ApprovalQuery, page: PageRequest
    ) -> Page[ApprovalView]:
        """Newest first."""
        sight = sight_of(session, principal, self.names)
        rows = repository.page_of(session, sight, query, before=page.after, limit=page.limit + 1)
        shown = rows[: page.limit]
        cursor = encode_cursor(shown[-1].id) if len(rows) > page.limit else None
        return Page(self._views(session, sight, shown), cursor)

    def stats(self, session: Session, principal: Principal) -> ApprovalStats:
        """Weeks begin on Monday, UTC."""
        sight, now = sight_of(session, principal, self.names), self.clock.now()
        pending = Approval.status == ApprovalStatus.PENDING
        return ApprovalStats(
            pending=repository.count(session, sight, pending),
            high_risk=repository.count(session, sight, pending, Approval.risk == RiskLevel.HIGH),
            expiring=repository.count(session, sight, pending, Approval.expires_at.between(now, now + SOON)),
            resolved_this_week=repository.count(
                session, sight, Approval.status.in_(_RESOLVED), Approval.resolved_at >= _monday(now)
            ),
        )

    def visible(self, session: Session, principal: Principal, approval_ids: Collection[str]) -> frozenset[str]:
        """Those of the approvals that the caller may see."""
        if not approval_ids:
            return frozenset()
        sight = sight_of(session, principal, self.names)
        wanted = select(Approval.id).where(Approval.id.in_(sorted(approval_ids)), repository.visible(sight))
        return frozenset(session.scalars(wanted))

    @staticmethod
    def _views(session: Session, sight: Sight, rows: Sequence[Approval]) -> Sequence[ApprovalView]:
        linked = repository.tasks_of(session, sight, [row.id for row in rows])
        ids = {task.output_id for some in linked.values() for task in some if task.output_id}
        outputs = tasks.outputs(session, ids)
        return [
            _view(row, [_linked(task, outputs.get(task.output_id or "")) for task in linked[row.id]]) for row in rows
        ]


def _view(row: Approval, linked: Sequence[LinkedTask]) -> ApprovalView:
    resolved_by = None
    if row.resolved_by_kind is not None:
        resolved_by = Actor(ActorKind(row.resolved_by_kind), row.resolved_by_id or "", row.resolved_by_name or "")
    return ApprovalView(
        id=row.id,
        title=row.title,
        type=ApprovalType(row.type),
        risk=RiskLevel(row.risk),
        status=ApprovalStatus(row.status),
        description=row.description,
        options=tuple(row.options),
        details=row.details,
        tasks=linked,
        created_by=Actor(ActorKind(row.created_by_kind), row.created_by_id, row.created_by_name),
        created_at=row.created_at,
        expires_at=row.expires_at,
        resolved_at=row.resolved_at,
        resolved_by=resolved_by,
        selected_option=row.selected_option,
        note=row.note,
        workspace_id=row.workspace_id,
    )


def _linked(task: Task, output: Artifact | None) -> LinkedTask:
    preview = None if output is None else output.text[:PREVIEW]
    return LinkedTask(task.id, task.title, TaskStatus(task.status), task.output_id, preview)


def _monday(now: datetime) -> datetime:
    return (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
