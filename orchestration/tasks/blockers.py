"""What a task waits for a person to say: raised by whoever works on it, or by somebody who sees what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from kit.errors import Forbidden
from kit.ids import new_id
from orchestration.tasks import repository, runs, views
from orchestration.tasks.actors import actor_of
from orchestration.tasks.errors import BlockerIsClosed, BlockerIsNotThere, UnknownAssignee
from orchestration.tasks.events import ACTIVITY_UPDATED, record, tell
from orchestration.tasks.models import Task, TaskBlocker
from orchestration.tasks.moves import Moves
from orchestration.tasks.service import need
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import Actor, BlockerState, BlockerView, TaskStatus, WaitKind, WakeReason


@dataclass(frozen=True, slots=True)
class Blockers:
    """All methods take the caller's session and leave committing to it. TaskIsNotThere for what the caller may not
    see."""

    names: DatasetNames
    moves: Moves
    clock: Clock

    def list(self, session: Session, principal: Principal, task_id: str) -> Sequence[BlockerView]:
        """Oldest first."""
        task = repository.get(session, sight_of(session, principal, self.names), task_id)
        return self._views(session, repository.blockers(session, task.id))

    def add(
        self, session: Session, principal: Principal, task_id: str, text: str, *, person_id: str | None = None
    ) -> BlockerView:
        """The task is blocked from now on, and whoever works on it stops within the turn. TaskCannotBecome where it
        waits for something else or is over, UnknownAssignee for a `person_id` that is nobody's."""
        need(principal, Scope.WRITE)
        repository.get(session, sight_of(session, principal, self.names), task_id)
        task = repository.hold(session, task_id)
        row = self.put(session, task, text, actor_of(session, principal), person_id=person_id)
        runs.halt(session, self.moves.queue, task)
        return self._views(session, [row])[0]

    def put(
        self, session: Session, task: Task, text: str, actor: Actor, *, person_id: str | None = None
    ) -> TaskBlocker:
        """As `add`, where the task is held and its run is the caller's affair."""
        if person_id is not None and repository.active_person(session, task.tenant_id, person_id) is None:
            raise UnknownAssignee("personId", person_id)
        if task.status != TaskStatus.BLOCKED:
            self.moves.move(session, task, TaskStatus.BLOCKED, actor)
        now = self.clock.now()
        row = TaskBlocker(
            id=new_id(),
            tenant_id=task.tenant_id,
            task_id=task.id,
            person_id=person_id,
            state=BlockerState.OPEN,
            text=text,
            created_by_kind=actor.kind,
            created_by_id=actor.id[:64],
            created_by_name=actor.name[:200],
            created_at=now,
        )
        session.add(row)
        session.flush()
        record(session, task, "blocker_raised", actor, at=now, data={"blockerId": row.id, "text": text})
        tell(session, task, ACTIVITY_UPDATED, at=now, data={"status": task.status, "blockerId": row.id})
        if person_id is not None:
            self.moves.notices.asked(session, task, person_id, actor, text)
        return row

    def resolve(
        self, session: Session, principal: Principal, task_id: str, blocker_id: str, answer: str | None
    ) -> BlockerView:
        """People only: it is them whom the task waits for. What waits for the answer gets it, and the task goes on when
        nothing else blocks it. BlockerIsNotThere, BlockerIsClosed."""
        repository.get(session, sight_of(session, principal, self.names), task_id)
        need(principal, Scope.WRITE)
        if principal.agent_role is not None:
            raise Forbidden(f"key {principal.name!r} is an agent's, and blockers are for people to resolve")
        task = repository.hold(session, task_id)
        row = session.get(TaskBlocker, blocker_id, populate_existing=True)
        if row is None or row.task_id != task.id:
            raise BlockerIsNotThere(blocker_id, task.id)
        if row.state != BlockerState.OPEN:
            raise BlockerIsClosed(row.id, row.state)
        actor = actor_of(session, principal)
        self._settle(session, task, row, actor, answer)
        if task.status == TaskStatus.BLOCKED and not _open_count(session, task.id):
            self.moves.wake(session, task, WakeReason.ANSWERED, actor, feedback=task.feedback)
        return self._views(session, [row])[0]

    def _settle(self, session: Session, task: Task, row: TaskBlocker, actor: Actor, answer: str | None) -> None:
        now = self.clock.now()
        row.state, row.answer, row.resolved_at = BlockerState.RESOLVED, answer, now
        row.resolved_by_kind, row.resolved_by_id, row.resolved_by_name = actor.kind, actor.id[:64], actor.name[:200]
        session.flush()
        record(session, task, "blocker_resolved", actor, at=now, data={"blockerId": row.id, "answer": answer})
        result = {"answer": answer or "", "by": actor.name}
        if not runs.settle(session, WaitKind.QUESTION, row.id, result, at=now):
            runs.tell_run(session, task, f"{row.text}\n\n{answer or 'This is settled.'}", actor, at=now)

    def settle_all(self, session: Session, task: Task, actor: Actor) -> None:
        """Whoever raised them hears that it goes on without an answer. The task is held."""
        for row in repository.blockers(session, task.id):
            if row.state == BlockerState.OPEN:
                self._settle(session, task, row, actor, None)

    @staticmethod
    def _views(session: Session, rows: Sequence[TaskBlocker]) -> Sequence[BlockerView]:
        if not rows:
            return []
        people = repository.people(session, rows[0].tenant_id, {row.person_id for row in rows if row.person_id})
        return [views.blocker(row, people) for row in rows]


def _open_count(session: Session, task_id: str) -> int:
    wanted = select(func.count()).select_from(TaskBlocker)
    wanted = wanted.where(TaskBlocker.task_id == task_id, TaskBlocker.state == BlockerState.OPEN)
    return session.scalar(wanted) or 0
