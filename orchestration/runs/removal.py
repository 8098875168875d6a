"""Deleting a task for good, with all that hangs on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from kit.errors import Conflict, Forbidden
from orchestration.approvals.closing import Closer
from orchestration.approvals.models import Approval, ApprovalTask
from orchestration.notifications.models import Notification
from orchestration.notifications.notices import task_link
from orchestration.tasks import repository, runs
from orchestration.tasks.events import ACTIVITY_UPDATED, SYSTEM, tell
from orchestration.tasks.jobs import RUN
from orchestration.tasks.models import Artifact, Task, TaskBlocker, TaskComment, TaskEvent, TaskLink, TaskRun
from orchestration.tasks.moves import Moves
from orchestration.tasks.run_models import RunInput, RunTurn, RunWait
from orchestration.tasks.service import need
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import TaskStatus, WaitKind, WakeReason


@dataclass(frozen=True, slots=True)
class Removal:
    names: DatasetNames
    moves: Moves
    closer: Closer
    clock: Clock

    def delete(self, session: Session, principal: Principal, task_id: str) -> None:
        """Its subtasks go with it, and approvals that were about nothing else. A worker in the middle of a turn finds
        its job gone and writes nothing; whose run waited for the task hears that it was called off. Administrators
        only. TaskIsNotThere, Forbidden."""
        repository.get(session, sight_of(session, principal, self.names), task_id)
        need(principal, Scope.MANAGE)
        if principal.agent_role is not None:
            raise Forbidden(f"key {principal.name!r} is an agent's, and agents delete no tasks")
        ids = self._family(session, principal, task_id)
        asked = select(ApprovalTask.approval_id).where(ApprovalTask.task_id.in_(ids))
        approvals = self.closer.hold(session, sorted(set(session.scalars(asked))))
        waits = _waits_from_outside(session, ids)
        held = {row.id: row for row in repository.held(session, {*ids, *(one.task_id for one in waits)})}
        if self._family(session, principal, task_id) != ids:
            raise Conflict(f"task {task_id} has got another subtask in this moment; try again")
        now = self.clock.now()
        for one in reversed(ids):
            self.moves.queue.cancel(session, subject=one, kinds=(RUN,))
            tell(session, held[one], ACTIVITY_UPDATED, at=now, data={"status": TaskStatus.CANCELLED})
        self._go_on_without(session, waits, held)
        self._drop_approvals(session, approvals, ids)
        _drop_belongings(session, ids)
        told = (Notification.tenant_id == principal.tenant_id, Notification.link.in_([task_link(one) for one in ids]))
        session.execute(delete(Notification).where(*told))
        for one in reversed(ids):  # subtasks first
            session.delete(held[one])
            session.flush()

    def _family(self, session: Session, principal: Principal, task_id: str) -> Sequence[str]:
        """The task and all below it, parents first."""
        ids, generation = [task_id], [task_id]
        while generation:
            wanted = select(Task.id).where(Task.parent_id.in_(generation)).order_by(Task.id)
            generation = list(session.scalars(wanted))
            ids += generation
        hidden = set(ids) - repository.visible(session, sight_of(session, principal, self.names), ids)
        if hidden:
            raise Forbidden(f"task {task_id} has subtasks that key {principal.name!r} may not see, and would go too")
        return ids

    def _go_on_without(self, session: Session, waits: Sequence[RunWait], held: dict[str, Task]) -> None:
        for wait in waits:
            result = {"activityId": wait.ref_id, "status": TaskStatus.CANCELLED.value}
            runs.settle(session, WaitKind.SUBTASK, wait.ref_id, result, at=self.clock.now())
            parent = held[wait.task_id]
            if parent.status == TaskStatus.AWAITING_SUBTASK:
                self.moves.wake(session, parent, WakeReason.SUBTASK_ENDED, SYSTEM, feedback=parent.feedback)

    def _drop_approvals(self, session: Session, approval_ids: Sequence[str], ids: Collection[str]) -> None:
        session.execute(delete(ApprovalTask).where(ApprovalTask.task_id.in_(ids)))
        others = select(ApprovalTask.approval_id).where(ApprovalTask.approval_id.in_(approval_ids))
        still = set(session.scalars(others))
        for row in session.scalars(select(Approval).where(Approval.id.in_(approval_ids))).all():
            if row.id not in still and row.subject_id is None:
                self.closer.withdraw(session, [row.id])  # those who watch are told
                session.delete(row)
        session.flush()


def _waits_from_outside(session: Session, ids: Sequence[str]) -> Sequence[RunWait]:
    """Of runs of tasks that stay, for those that go."""
    wanted = select(RunWait).where(RunWait.kind == WaitKind.SUBTASK, RunWait.ref_id.in_(ids))
    return list(session.scalars(wanted.where(RunWait.settled_at.is_(None), RunWait.task_id.not_in(ids))))


def _drop_belongings(session: Session, ids: Sequence[str]) -> None:
    of_tasks = select(TaskRun.id).where(TaskRun.task_id.in_(ids))
    doomed: Sequence[tuple[type, ColumnElement[bool]]] = (
        (RunTurn, RunTurn.run_id.in_(of_tasks)),
        (RunWait, RunWait.task_id.in_(ids)),
        (RunInput, RunInput.task_id.in_(ids)),
        (Artifact, Artifact.task_id.in_(ids)),
        (TaskRun, TaskRun.task_id.in_(ids)),
        (TaskEvent, TaskEvent.task_id.in_(ids)),
        (TaskComment, TaskComment.task_id.in_(ids)),
        (TaskBlocker, TaskBlocker.task_id.in_(ids)),
        (TaskLink, or_(TaskLink.task_id.in_(ids), TaskLink.other_id.in_(ids))),
    )
    for table, which in doomed:
        session.execute(delete(table).where(which))
