"""Putting a task's status where somebody says that it is, and what it says: by hand, by those whose task it is."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from kit.errors import Conflict, Forbidden
from orchestration.runs.interventions import Interventions, may_intervene
from orchestration.tasks import repository, runs
from orchestration.tasks.actors import actor_of
from orchestration.tasks.blockers import Blockers
from orchestration.tasks.errors import ProjectIsResting, TaskCannotBecome
from orchestration.tasks.events import ACTIVITY_UPDATED, record, tell
from orchestration.tasks.jobs import RUN
from orchestration.tasks.models import Project, Task
from orchestration.tasks.moves import Moves
from orchestration.tasks.service import Tasks, need
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import (
    Actor,
    ActorKind,
    Json,
    NewTask,
    ProjectStatus,
    RunState,
    TaskChange,
    TaskStatus,
    WakeReason,
)

BLOCKED_BY_HAND = "Set to blocked by hand: say what has changed, and it goes on."
_AGAIN = {
    TaskStatus.CREATED: WakeReason.CREATED,
    TaskStatus.REASSIGNED: WakeReason.CREATED,
    TaskStatus.FAILED: WakeReason.RETRY,
    TaskStatus.PAUSED: WakeReason.RESUMED,
    TaskStatus.BLOCKED: WakeReason.ANSWERED,
    TaskStatus.AWAITING_REVIEW: WakeReason.REVIEW_FEEDBACK,
}
"""What is worked on again from there, and why. What waits for a decision or for a subtask is not among them."""


class RunSaysItself(Conflict):
    def __init__(self, task_id: str, role: str) -> None:
        super().__init__(
            f"task {task_id} is agent {role}'s, which is run here and says itself how far it is; assign it to somebody "
            "else first, or call it off"
        )


class CannotBeGivenAway(Conflict):
    def __init__(self, task_id: str) -> None:
        super().__init__(f"task {task_id} waits for somebody or is over, and keeps whom it is assigned to")


@dataclass(frozen=True, slots=True)
class Steering:
    """All methods take the caller's session and leave committing to it. They are for administrators, for whoever made
    the task, and for whoever it is assigned to, agents among them. TaskIsNotThere, Forbidden, TaskCannotBecome."""

    names: DatasetNames
    tasks: Tasks
    moves: Moves
    blockers: Blockers
    interventions: Interventions
    clock: Clock

    def put(self, session: Session, principal: Principal, task_id: str, wanted: TaskStatus) -> None:
        """`wanted` is created (to be worked on), in progress, awaiting review, done, blocked or cancelled. It goes the
        way there that the table of transitions has, with a line in the timeline for each step. RunSaysItself;
        AgentIsAtRest for an agent that begins something though it was paused or stopped."""
        seen = self._seen(session, principal, task_id)
        if wanted is TaskStatus.CANCELLED:
            self.interventions.cancel(session, principal, task_id)
            return
        task, actor = repository.hold(session, seen.id), actor_of(session, principal)
        if wanted is TaskStatus.BLOCKED:
            self.blockers.put(session, task, BLOCKED_BY_HAND, actor)
            runs.halt(session, self.moves.queue, task)
        elif wanted is TaskStatus.CREATED:
            self._again(session, principal, task, wanted)
        else:
            self._work(session, principal, task, wanted, actor)

    def assign(self, session: Session, principal: Principal, task_id: str, kind: ActorKind, who: str) -> None:
        """Gives it to somebody else, who begins anew. CannotBeGivenAway, UnknownAssignee."""
        seen = self._seen(session, principal, task_id)
        new = NewTask(seen.title, seen.kind, seen.prompt, assignee_kind=kind, assignee_id=who)
        self.tasks.check_assignee(session, principal.tenant_id, new, agent_role=principal.agent_role)
        task, actor = repository.hold(session, seen.id), actor_of(session, principal)
        if (task.assignee_kind, task.assignee_id) == (kind, who):
            return
        given = {TaskStatus.CREATED, TaskStatus.ASSIGNED, TaskStatus.IN_PROGRESS, TaskStatus.FAILED}
        if task.status not in given | {TaskStatus.REASSIGNED}:
            raise CannotBeGivenAway(task.id)
        self._end_run(session, task, RunState.CANCELLED)
        if task.status in given - {TaskStatus.CREATED}:
            self.moves.move(session, task, TaskStatus.REASSIGNED, actor)
        task.assignee_kind, task.assignee_id = kind, who
        self.moves.wake(session, task, WakeReason.CREATED, actor, feedback=task.feedback)

    def change(self, session: Session, principal: Principal, task_id: str, change: TaskChange) -> None:
        """What the task says; None leaves a field as it is."""
        seen = self._seen(session, principal, task_id)
        task, now = repository.hold(session, seen.id), self.clock.now()
        said = {one.name: getattr(change, one.name) for one in fields(change)}
        said = {name: value for name, value in said.items() if value is not None and value != getattr(task, name)}
        if not said:
            return
        for name, value in said.items():
            setattr(task, name, value)
        task.updated_at = now
        changed: list[Json] = [*sorted(said)]
        record(session, task, "changed", actor_of(session, principal), at=now, data={"fields": changed})
        tell(session, task, ACTIVITY_UPDATED, at=now, data={"status": task.status})
        session.flush()

    def _work(self, session: Session, principal: Principal, task: Task, wanted: TaskStatus, actor: Actor) -> None:
        """What whoever works on it says: an agent that is run here says it by its run alone."""
        if self._is_run_here(session, task):
            raise RunSaysItself(task.id, task.assignee_id or "")
        ends = wanted is TaskStatus.DONE
        if ends and (task.needs_review or task.status == TaskStatus.AWAITING_REVIEW):
            _check_reviewer(principal, task)
        if not (ends and task.status == TaskStatus.AWAITING_REVIEW):
            self._begin(session, principal, task, wanted)
            self._end_run(session, task, RunState.COMPLETED if wanted is not TaskStatus.IN_PROGRESS else None)
        if task.status != wanted:
            self.moves.move(session, task, wanted, actor)

    def _begin(self, session: Session, principal: Principal, task: Task, wanted: TaskStatus) -> None:
        if principal.agent_role is not None and task.status != TaskStatus.IN_PROGRESS:
            self.moves.agents.check_started(session, task.tenant_id, principal.agent_role)
        if task.status not in {TaskStatus.ASSIGNED, TaskStatus.IN_PROGRESS}:
            self._again(session, principal, task, wanted)
        if task.status != TaskStatus.IN_PROGRESS:
            self.moves.move(session, task, TaskStatus.IN_PROGRESS, actor_of(session, principal))

    def _again(self, session: Session, principal: Principal, task: Task, wanted: TaskStatus) -> None:
        """To be worked on, from wherever that may be. Nobody is asked any more what it was blocked by."""
        present, actor = TaskStatus(task.status), actor_of(session, principal)
        self._check_again(session, principal, task)
        if present is TaskStatus.IN_PROGRESS:
            self._end_run(session, task, RunState.CANCELLED)
            self.moves.move(session, task, TaskStatus.REASSIGNED, actor)
        reason = _AGAIN.get(TaskStatus(task.status))
        if reason is None:
            raise TaskCannotBecome(task.id, present, wanted)
        project = session.get_one(Project, task.project_id)
        if present is TaskStatus.PAUSED and project.status != ProjectStatus.ACTIVE:
            raise ProjectIsResting(task.id, project.status)
        if present is TaskStatus.BLOCKED:
            self.blockers.settle_all(session, task, actor)
        self.moves.wake(session, task, reason, actor, feedback=task.feedback)

    def _check_again(self, session: Session, principal: Principal, task: Task) -> None:
        """What people have halted is not for agents to go on with, and what has failed here may fail at a cost."""
        halted = task.status in {TaskStatus.BLOCKED, TaskStatus.PAUSED}
        if halted and principal.agent_role is not None:
            raise Forbidden(f"key {principal.name!r} is an agent's, and it is for people to let task {task.id} go on")
        if task.status == TaskStatus.PAUSED and not may_intervene(session, principal, task):
            raise Forbidden(f"task {task.id} is for administrators, and for the person who made it, to let go on")
        if task.status == TaskStatus.FAILED and self._is_run_here(session, task):
            need(principal, Scope.MANAGE)

    def _is_run_here(self, session: Session, task: Task) -> bool:
        role = task.assignee_id or ""
        return task.assignee_kind == ActorKind.AGENT and self.moves.agents.is_run_here(session, task.tenant_id, role)

    def _end_run(self, session: Session, task: Task, state: RunState | None) -> None:
        """None: it is under way from now on."""
        run = repository.open_run(session, task.id)
        if run is None:
            return
        if state is None:
            run.state = RunState.RUNNING
        else:
            runs.end(session, run, state, at=self.clock.now())
            self.moves.queue.cancel(session, subject=task.id, kinds=(RUN,))

    def _seen(self, session: Session, principal: Principal, task_id: str) -> Task:
        seen = repository.get(session, sight_of(session, principal, self.names), task_id)
        need(principal, Scope.WRITE)
        actor = actor_of(session, principal)
        is_own = (seen.assignee_kind, seen.assignee_id) == (actor.kind, actor.id)
        is_maker = (seen.created_by_kind, seen.created_by_id) == (actor.kind, actor.id)
        if not (is_own or is_maker or may_intervene(session, principal, seen)):
            raise Forbidden(
                f"key {principal.name!r} may not change task {task_id}: that is for administrators, for who made it "
                "and for whom it is assigned to"
            )
        return seen


def _check_reviewer(principal: Principal, task: Task) -> None:
    if principal.agent_role is not None or not principal.may(Scope.MANAGE):
        raise Forbidden(f"task {task.id} is reviewed before it is done: set it to review, and an administrator decides")
