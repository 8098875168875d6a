"""Rows of approvals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from orchestration.approvals.errors import ApprovalIsNotThere
from orchestration.approvals.models import Approval, ApprovalTask
from orchestration.approvals.types import ApprovalQuery, ApprovalStatus, Subject
from orchestration.tasks.models import Task
from orchestration.tasks.sight import Sight


def visible(sight: Sight) -> ColumnElement[bool]:
    """An agent sees the approvals that its own tasks wait for; with the token of a workspace, the workspace's too."""
    within = sight.within(Approval.tenant_id, Approval.dataset_id)
    if sight.principal.agent_role is None:
        return within
    link = ApprovalTask.approval_id == Approval.id
    own: ColumnElement[bool] = exists().where(link, Task.id == ApprovalTask.task_id, sight.tasks())
    if sight.principal.workspace_id is not None:
        own = or_(own, Approval.workspace_id == sight.principal.workspace_id)
    return and_(within, own)


def get(session: Session, sight: Sight, approval_id: str) -> Approval:
    """ApprovalIsNotThere also for what the caller may not see."""
    row = session.scalar(select(Approval).where(Approval.id == approval_id, visible(sight)))
    if row is None:
        raise ApprovalIsNotThere(approval_id)
    return row


def held(session: Session, approval_id: str) -> Approval:
    """The row as it is now, kept from others until the transaction ends."""
    wanted = select(Approval).where(Approval.id == approval_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def page_of(
    session: Session, sight: Sight, query: ApprovalQuery, *, before: str | None, limit: int
) -> Sequence[Approval]:
    """Newest first."""
    wanted = select(Approval).where(visible(sight))
    if query.statuses is not None:
        wanted = wanted.where(Approval.status.in_(query.statuses))
    if query.type is not None:
        wanted = wanted.where(Approval.type == query.type)
    if query.risk is not None:
        wanted = wanted.where(Approval.risk == query.risk)
    if query.workspace_id is not None:
        wanted = wanted.where(Approval.workspace_id == query.workspace_id)
    if query.is_in_workspaces:
        wanted = wanted.where(Approval.workspace_id.is_not(None))
    if before is not None:
        wanted = wanted.where(Approval.id < before)
    return list(session.scalars(wanted.order_by(Approval.id.desc()).limit(limit)))


def count(session: Session, sight: Sight, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Approval).where(visible(sight), *conditions)) or 0


def task_ids(session: Session, approval_id: str) -> Sequence[str]:
    wanted = select(ApprovalTask.task_id).where(ApprovalTask.approval_id == approval_id)
    return list(session.scalars(wanted.order_by(ApprovalTask.task_id)))


def tasks_of(session: Session, sight: Sight, approval_ids: Sequence[str]) -> Mapping[str, Sequence[Task]]:
    """By approval: those of its tasks that the caller may see."""
    wanted = (
        select(ApprovalTask.approval_id, Task)
        .join(Task, Task.id == ApprovalTask.task_id)
        .where(ApprovalTask.approval_id.in_(approval_ids), sight.tasks())
        .order_by(Task.id)
    )
    found: dict[str, list[Task]] = {approval_id: [] for approval_id in approval_ids}
    for approval_id, task in session.execute(wanted):
        found[approval_id].append(task)
    return found


def pending_about(session: Session, subject: Subject) -> Sequence[str]:
    return list(session.scalars(_pending_about(subject.kind).where(Approval.subject_id == subject.id)))


def subjects_pending(session: Session, kind: str) -> Sequence[str]:
    """Of what of that kind a decision is waited for."""
    pending = select(Approval.subject_id).where(Approval.status == ApprovalStatus.PENDING)
    found = session.scalars(pending.where(Approval.subject_kind == kind, Approval.subject_id.is_not(None)).distinct())
    return [one for one in found if one is not None]


def last_asked(session: Session, subject: Subject) -> datetime | None:
    """When somebody was last asked to decide about it, whatever came of that."""
    about = (Approval.subject_kind == subject.kind, Approval.subject_id == subject.id)
    return session.scalar(select(func.max(Approval.created_at)).where(*about))


def pending_about_dataset(session: Session, dataset_id: str) -> Sequence[str]:
    pending = select(Approval.id).where(Approval.status == ApprovalStatus.PENDING)
    return list(session.scalars(pending.where(Approval.dataset_id == dataset_id).order_by(Approval.id)))


def _pending_about(kind: str) -> Select[str]:
    pending = select(Approval.id).where(Approval.status == ApprovalStatus.PENDING)
    return pending.where(Approval.subject_kind == kind).order_by(Approval.id)


def overdue(session: Session, now: datetime, *, limit: int) -> Sequence[str]:
    """Pending ones whose time is over, longest first."""
    wanted = select(Approval.id).where(Approval.status == ApprovalStatus.PENDING, Approval.expires_at <= now)
    return list(session.scalars(wanted.order_by(Approval.expires_at).limit(limit)))


def expiring(session: Session, until: datetime, *, limit: int) -> Sequence[str]:
    """Pending ones that expire before the moment and that nobody was reminded of."""
    wanted = select(Approval.id).where(
        Approval.status == ApprovalStatus.PENDING, Approval.expires_at <= until, Approval.reminded_at.is_(None)
    )
    return list(session.scalars(wanted.order_by(Approval.expires_at).limit(limit)))
