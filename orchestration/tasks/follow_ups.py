"""Tasks that come of what was said about another."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from orchestration.tasks import repository
from orchestration.tasks.actors import actor_of
from orchestration.tasks.events import record
from orchestration.tasks.models import TaskLink
from orchestration.tasks.service import Tasks
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import FollowUp, LinkKind, NewTask, Related, TaskView


@dataclass(frozen=True, slots=True)
class FollowUps:
    """All methods take the caller's session and leave committing to it. TaskIsNotThere for what the caller may not
    see."""

    names: DatasetNames
    tasks: Tasks
    clock: Clock

    def add(self, session: Session, principal: Principal, task_id: str, follow_up: FollowUp) -> TaskView:
        """As `Tasks.create`, which raises what it refuses."""
        before = repository.get(session, sight_of(session, principal, self.names), task_id)
        held = repository.hold(session, task_id)  # before the numbers are: see orchestration.tasks.numbers
        new = NewTask(
            title=follow_up.title,
            kind=follow_up.kind,
            prompt=follow_up.prompt,
            project_id=before.project_id,
            dataset_id=before.dataset_id,
            workspace_id=before.workspace_id,
            assignee_kind=follow_up.assignee_kind,
            assignee_id=follow_up.assignee_id,
        )
        made, now = self.tasks.create(session, principal, new), self.clock.now()
        session.add(
            TaskLink(
                task_id=held.id, other_id=made.id, kind=LinkKind.FOLLOW_UP, tenant_id=held.tenant_id, created_at=now
            )
        )
        # Without the other's id: who sees this timeline need not see that task.
        record(session, held, "follow_up_added", actor_of(session, principal), at=now)
        session.flush()
        return made

    def of(self, session: Session, principal: Principal, task_id: str) -> Related:
        sight = sight_of(session, principal, self.names)
        row = repository.get(session, sight, task_id)
        return Related(repository.followed(session, sight, row.id), repository.following(session, sight, row.id))
