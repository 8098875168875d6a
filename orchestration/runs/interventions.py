"""People who take a hand in a task that is under way: they halt it, let it go on, or call it off."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from kit.errors import Forbidden
from orchestration.approvals.closing import Closer
from orchestration.tasks import repository, runs
from orchestration.tasks.actors import actor_of
from orchestration.tasks.errors import ProjectIsResting, TaskIsNotPaused
from orchestration.tasks.jobs import RUN
from orchestration.tasks.models import Project, Task
from orchestration.tasks.moves import Moves
from orchestration.tasks.service import need
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import Actor, ActorKind, ProjectStatus, RunState, TaskStatus, WakeReason


@dataclass(frozen=True, slots=True)
class Interventions:
    """All methods take the caller's session and leave committing to it. They are for administrators, and for the person
    who made the task; no agent is among them. Whatever a worker has in hand then is let go within its turn: nothing of
    that turn is written. TaskIsNotThere, Forbidden, and TaskCannotBecome where the task is not in a state for it."""

    names: DatasetNames
    moves: Moves
    closer: Closer
    clock: Clock

    def pause(self, session: Session, principal: Principal, task_id: str) -> None:
        """Its turns are kept, and it goes on behind them when it is resumed."""
        task, actor = self._held(session, principal, task_id)
        self.moves.move(session, task, TaskStatus.PAUSED, actor)
        runs.halt(session, self.moves.queue, task)

    def resume(
        self, session: Session, principal: Principal, task_id: str, instructions: str | None = None
    ) -> str | None:
        """The id of the run that goes on; None for a person's task. An agent hears the instructions before its next
        turn, and in every later run of the task. TaskIsNotPaused, ProjectIsResting."""
        task, actor = self._held(session, principal, task_id)
        if task.status != TaskStatus.PAUSED:
            raise TaskIsNotPaused(task.id, task.status)
        project = session.get_one(Project, task.project_id)
        if project.status != ProjectStatus.ACTIVE:
            raise ProjectIsResting(task.id, project.status)
        if instructions is not None:
            runs.tell_run(session, task, instructions, actor, at=self.clock.now())
        return self.moves.wake(session, task, WakeReason.RESUMED, actor, feedback=task.feedback)

    def cancel(self, session: Session, principal: Principal, task_id: str) -> None:
        """Calls it off, and nobody is asked any more what it waited for; a subtask that it waited for is called off a
        little later. What it has brought stays."""
        self._check(session, principal, task_id)
        self.call_off(session, task_id, actor_of(session, principal))

    def call_off(self, session: Session, task_id: str, actor: Actor) -> None:
        """As `cancel`, where nobody is asking. TaskCannotBecome."""
        approval_id = session.get_one(Task, task_id).approval_id
        # An approval's row is taken before its tasks', here as by those who decide about it.
        held = self.closer.hold(session, [] if approval_id is None else [approval_id])
        task = repository.hold(session, task_id)
        is_waiting = task.status == TaskStatus.AWAITING_APPROVAL and task.approval_id == approval_id
        self.moves.move(session, task, TaskStatus.CANCELLED, actor)
        run = repository.open_run(session, task.id)
        if run is not None:
            runs.end(session, run, RunState.CANCELLED, at=self.clock.now())
        self.moves.queue.cancel(session, subject=task.id, kinds=(RUN,))
        if is_waiting:
            self.closer.withdraw(session, [one for one in held if self.closer.is_about_one(session, one)])

    def _held(self, session: Session, principal: Principal, task_id: str) -> tuple[Task, Actor]:
        self._check(session, principal, task_id)
        return repository.hold(session, task_id), actor_of(session, principal)

    def _check(self, session: Session, principal: Principal, task_id: str) -> None:
        seen = repository.get(session, sight_of(session, principal, self.names), task_id)
        need(principal, Scope.WRITE)
        if not may_intervene(session, principal, seen):
            raise Forbidden(
                f"key {principal.name!r} may not take a hand in task {task_id}: that is for administrators, and "
                "for the person who made it"
            )


def may_intervene(session: Session, principal: Principal, task: Task) -> bool:
    if principal.agent_role is not None:
        return False
    is_own = (task.created_by_kind, task.created_by_id) == (ActorKind.HUMAN, actor_of(session, principal).id)
    return is_own or principal.may(Scope.MANAGE)
