"""How an approval's row ends, whoever ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal
from kit.clock import Clock
from orchestration.approvals import repository
from orchestration.approvals.events import tell_resolved
from orchestration.approvals.models import Approval
from orchestration.approvals.types import ApprovalStatus, Subject
from orchestration.tasks.actors import actor_of
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.types import Actor


@dataclass(frozen=True, slots=True)
class Closer:
    """All methods take the caller's session and leave committing to it. What follows for tasks and subjects is the
    caller's affair."""

    clock: Clock

    def close(self, session: Session, row: Approval, status: ApprovalStatus, actor: Actor, note: str | None) -> None:
        """The row is held, and pending."""
        now = self.clock.now()
        row.status, row.note, row.resolved_at = status, note, now
        row.resolved_by_kind, row.resolved_by_id, row.resolved_by_name = actor.kind, actor.id, actor.name
        tell_resolved(session, row, at=now)
        session.flush()

    def hold(self, session: Session, approval_ids: Sequence[str]) -> Sequence[str]:
        """Keeps them from others until the transaction ends. The ids, in the order in which rows are taken."""
        return [repository.held(session, approval_id).id for approval_id in sorted(approval_ids)]

    def is_about_one(self, session: Session, approval_id: str) -> bool:
        """Whether no more than one task, and nothing else, waits for it."""
        row = session.get_one(Approval, approval_id)
        return row.subject_id is None and len(repository.task_ids(session, approval_id)) == 1

    def settled(self, session: Session, subject: Subject, principal: Principal, *, approved: bool) -> Sequence[str]:
        """The subject was decided about in its own place, by a caller who may do that: what waits for the same
        decision is closed with it. The subject is held. The ids of what was closed."""
        status = ApprovalStatus.APPROVED if approved else ApprovalStatus.REJECTED
        pending = repository.pending_about(session, subject)
        return self._close_all(session, pending, status, actor_of(session, principal))

    def withdraw(self, session: Session, approval_ids: Sequence[str]) -> Sequence[str]:
        """What they were about is gone. The ids of those that were still open."""
        return self._close_all(session, approval_ids, ApprovalStatus.WITHDRAWN, SYSTEM)

    def withdraw_subject(self, session: Session, subject: Subject) -> Sequence[str]:
        return self.withdraw(session, repository.pending_about(session, subject))

    def _close_all(
        self, session: Session, approval_ids: Sequence[str], status: ApprovalStatus, actor: Actor
    ) -> Sequence[str]:
        closed = []
        for approval_id in sorted(approval_ids):
            row = repository.held(session, approval_id)
            if row.status == ApprovalStatus.PENDING:
                self.close(session, row, status, actor, None)
                closed.append(row.id)
        return closed
