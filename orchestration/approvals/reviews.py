"""Deciding about a task itself, rather than about the approval that it waits for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from orchestration.approvals.deciders import check_is_nobodys_agent
from orchestration.approvals.errors import NoteIsMissing, NothingToDecide
from orchestration.approvals.resolving import Resolver
from orchestration.approvals.types import Decision, Resolution
from orchestration.tasks import repository
from orchestration.tasks.actors import actor_of
from orchestration.tasks.moves import Moves
from orchestration.tasks.service import need
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import TaskStatus, WakeReason


@dataclass(frozen=True, slots=True)
class Reviews:
    names: DatasetNames
    resolver: Resolver
    moves: Moves

    def decide(self, session: Session, principal: Principal, task_id: str, decision: Decision) -> None:
        """Who may decide, and what else is raised, as in `Resolver.resolve`. TaskIsNotThere; NothingToDecide where the
        task waits for no decision."""
        seen = repository.get(session, sight_of(session, principal, self.names), task_id)
        need(principal, Scope.MANAGE)
        check_is_nobodys_agent(principal)
        if seen.status == TaskStatus.AWAITING_APPROVAL and seen.approval_id is not None:
            self.resolver.resolve(session, principal, seen.approval_id, decision)
        else:
            self._review(session, principal, task_id, decision)

    def _review(self, session: Session, principal: Principal, task_id: str, decision: Decision) -> None:
        """Of what a person brought, which waits without an approval."""
        task = repository.hold(session, task_id)
        if task.status != TaskStatus.AWAITING_REVIEW:
            raise NothingToDecide(task.id, task.status)
        actor = actor_of(session, principal)
        if decision.resolution is Resolution.APPROVED:
            self.moves.move(session, task, TaskStatus.DONE, actor)
            return
        if not (decision.note or "").strip():
            raise NoteIsMissing(decision.resolution)
        self.moves.wake(session, task, WakeReason.REVIEW_FEEDBACK, actor, feedback=decision.note)
