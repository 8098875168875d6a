"""What happens to a run when a person takes a hand in its job, rather than in its task."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.audit.acts import current_act
from identity.audit.types import ActorType
from ingest.work.errors import JobCannotBeRetried
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from orchestration.tasks import repository, runs
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.machine import ENDED
from orchestration.tasks.moves import Moves
from orchestration.tasks.types import Actor, ActorKind, RunState, TaskStatus

_KINDS = {
    ActorType.USER: ActorKind.HUMAN,
    ActorType.AGENT: ActorKind.AGENT,
    ActorType.SYSTEM: ActorKind.SYSTEM,
}


@dataclass(frozen=True, slots=True)
class RunWork:
    """Implements the KindRules of `task.run`."""

    moves: Moves
    queue: JobQueue

    def retry(self, session: Session, job: Job) -> str:  # noqa: ARG002 - as the protocol has it
        """Trying again is the task's, which is for other people and makes another run."""
        raise JobCannotBeRetried(f"job {job.id} is a run of task {job.subject}; try the task again instead")

    def cancel(self, session: Session, job: Job) -> None:
        """Calls its task off. A turn in hand is let go as it ends."""
        task = repository.hold(session, job.subject)
        run = repository.open_run(session, task.id)
        if run is not None:
            runs.end(session, run, RunState.CANCELLED, at=self.moves.clock.now())
        if task.status not in ENDED:
            self.moves.move(session, task, TaskStatus.CANCELLED, _actor())
        self.queue.cancel(session, subject=job.subject, kinds=(job.kind,))


def _actor() -> Actor:
    act = current_act()
    if act is None:
        return SYSTEM
    return Actor(_KINDS[act.actor_type], act.actor_id, act.actor_name)
