"""The one way for an approval to end. Whoever holds its row first decides; everybody after sees that it is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from orchestration.approvals import repository
from orchestration.approvals.closing import Closer
from orchestration.approvals.deciders import Administrators, Deciders
from orchestration.approvals.errors import ApprovalAlreadyDecided, NoSuchOption, NoteIsMissing, OptionIsMissing
from orchestration.approvals.events import tell_expiring
from orchestration.approvals.models import Approval
from orchestration.approvals.service import SOON
from orchestration.approvals.subjects import SubjectActs
from orchestration.approvals.types import ApprovalStatus, Decision, Resolution, Resolved
from orchestration.tasks import repository as tasks
from orchestration.tasks import runs
from orchestration.tasks.actors import actor_of
from orchestration.tasks.events import SYSTEM, record
from orchestration.tasks.moves import Moves
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import Actor, TaskStatus, WaitKind, WakeReason

ADMINISTRATORS = Administrators()
EXPIRED = "nobody decided about it in time"
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Resolver:
    """All methods take the caller's session and leave committing to it. `subjects` by kind."""

    names: DatasetNames
    closer: Closer
    moves: Moves
    clock: Clock
    subjects: Mapping[str, SubjectActs]

    def resolve(
        self,
        session: Session,
        principal: Principal,
        approval_id: str,
        decision: Decision,
        *,
        deciders: Deciders = ADMINISTRATORS,
    ) -> Resolved:
        """For `deciders` only. Raises ApprovalIsNotThere, ApprovalAlreadyDecided, NoteIsMissing, OptionIsMissing,
        NoSuchOption, and whatever the subject refuses."""
        sight = sight_of(session, principal, self.names)
        seen = repository.get(session, sight, approval_id)
        deciders.check(session, principal, seen)
        subject = self._subject(seen)
        if subject is not None:
            subject.hold(session, seen.subject_id or "")
        row = self._pending(session, approval_id)
        _check(row, decision, deciders, has_tasks=bool(repository.task_ids(session, row.id)))
        actor = actor_of(session, principal)
        self.closer.close(session, row, ApprovalStatus(decision.resolution.value), actor, decision.note)
        row.selected_option = decision.option
        woken = self._wake(session, row, decision, actor)
        if subject is not None:
            approved = decision.resolution is Resolution.APPROVED
            subject.decide(session, principal, row.subject_id or "", approved=approved)
        return Resolved(row.id, decision.resolution, woken)

    def overdue(self, session: Session) -> Sequence[str]:
        """Those whose time is over, for `expire`."""
        return repository.overdue(session, self.clock.now(), limit=_AT_ONCE)

    def expire(self, session: Session, approval_id: str) -> bool:
        """Ends it where its time is over: what waited is treated as refused. False where somebody was quicker."""
        seen = session.get_one(Approval, approval_id)
        subject = self._subject(seen)
        still_waits = subject.hold(session, seen.subject_id or "") if subject is not None else False
        row = repository.held(session, approval_id)
        if row.status != ApprovalStatus.PENDING or row.expires_at > self.clock.now():
            return False
        self.closer.close(session, row, ApprovalStatus.EXPIRED, SYSTEM, None)
        for task in tasks.held(session, repository.task_ids(session, row.id)):
            if task.status == TaskStatus.AWAITING_APPROVAL and task.approval_id == row.id:
                self.moves.move(session, task, TaskStatus.FAILED, SYSTEM, error=EXPIRED)
        if subject is not None and still_waits:
            subject.decide(session, None, row.subject_id or "", approved=False)
        return True

    def expiring(self, session: Session) -> Sequence[str]:
        """Those of which `remind` is due."""
        return repository.expiring(session, self.clock.now() + SOON, limit=_AT_ONCE)

    def remind(self, session: Session, approval_id: str) -> bool:
        """Tells those who watch that it expires soon, once."""
        row, now = repository.held(session, approval_id), self.clock.now()
        if row.status != ApprovalStatus.PENDING or row.reminded_at is not None or row.expires_at <= now:
            return False
        row.reminded_at = now
        tell_expiring(session, row, at=now)
        return True

    def _subject(self, row: Approval) -> SubjectActs | None:
        return self.subjects.get(row.subject_kind) if row.subject_kind else None

    def _pending(self, session: Session, approval_id: str) -> Approval:
        row = repository.held(session, approval_id)
        if row.status != ApprovalStatus.PENDING:
            raise ApprovalAlreadyDecided(row.id, row.status)
        if row.expires_at <= self.clock.now():
            raise ApprovalAlreadyDecided(row.id, ApprovalStatus.EXPIRED)
        return row

    def _wake(self, session: Session, row: Approval, decision: Decision, actor: Actor) -> int:
        """A task that was cancelled meanwhile, or waits for another approval by now, is left alone. A run that asked in
        the middle hears the decision as what came of its call, and the last review's feedback stays what it was."""
        reason = WakeReason.REVIEW_FEEDBACK
        if decision.resolution is Resolution.APPROVED:
            reason = WakeReason.REVIEW_APPROVED
        now, woken = self.clock.now(), 0
        data = {"approvalId": row.id, "resolution": decision.resolution.value, "note": decision.note}
        for task in tasks.held(session, repository.task_ids(session, row.id)):
            if task.status == TaskStatus.AWAITING_APPROVAL and task.approval_id == row.id:
                record(session, task, "approval_resolved", actor, at=now, data=data)
                told = {"decision": decision.resolution.value, "option": decision.option, "note": decision.note}
                is_heard = runs.settle(session, WaitKind.APPROVAL, row.id, {**told, "by": actor.name}, at=now)
                feedback = task.feedback if is_heard else decision.note
                self.moves.wake(session, task, reason, actor, feedback=feedback)
                woken += 1
        return woken


def _check(row: Approval, decision: Decision, deciders: Deciders, *, has_tasks: bool) -> None:
    options, is_approved = list(row.options), decision.resolution is Resolution.APPROVED
    if deciders.is_note_needed and not is_approved and not (decision.note or "").strip():
        raise NoteIsMissing(decision.resolution)
    if decision.option is not None and decision.option not in options:
        raise NoSuchOption(decision.option, options)
    if is_approved and decision.option is None and deciders.is_option_needed(row, has_tasks=has_tasks):
        raise OptionIsMissing(options)
