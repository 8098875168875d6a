"""Tasks as those see them who name them by number: found, counted, made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files.ports import DatasetGate
from orchestration.tasks import repository
from orchestration.tasks.errors import TaskIsNotThere, UnknownProject
from orchestration.tasks.machine import ENDED
from orchestration.tasks.models import Project, Task
from orchestration.tasks.numbers import Numbered, hold_numbers
from orchestration.tasks.run_models import RunWait
from orchestration.tasks.service import Tasks
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import NewTask, Standing, TaskQuery, TaskView, WaitKind


@dataclass(frozen=True, slots=True)
class NumberedTasks:
    """All methods take the caller's session and leave committing to it. What the caller may not see is not there."""

    gate: DatasetGate
    tasks: Tasks

    def id_of(self, session: Session, principal: Principal, number: int) -> str:
        """TaskIsNotThere."""
        sight = sight_of(session, principal, self.gate)
        found = session.scalar(select(Task.id).where(Task.number == number, sight.tasks()))
        if found is None:
            raise TaskIsNotThere(str(number))
        return found

    def get(self, session: Session, principal: Principal, number: int) -> TaskView:
        return self.tasks.get(session, principal, self.id_of(session, principal, number))

    def page(
        self, session: Session, principal: Principal, query: TaskQuery, *, limit: int, offset: int, urgent: bool = False
    ) -> tuple[Sequence[TaskView], int]:
        """Newest first, or urgent and old ones first; and how many there are in all."""
        sight = sight_of(session, principal, self.gate)
        rows, total = repository.numbered_page(session, sight, query, limit=limit, offset=offset, urgent=urgent)
        return self.tasks.views_of(session, principal, rows), total

    def standing(self, session: Session, principal: Principal, task_id: str) -> Standing:
        """What the task waits for, and what waits for it; of tasks, those that the caller may see."""
        sight = sight_of(session, principal, self.gate)
        row = repository.get(session, sight, task_id)
        open_waits = select(RunWait).where(RunWait.kind == WaitKind.SUBTASK, RunWait.settled_at.is_(None))
        awaited = {one.ref_id for one in session.scalars(open_waits.where(RunWait.task_id == row.id))}
        waiting = {one.task_id for one in session.scalars(open_waits.where(RunWait.ref_id == row.id))}
        parents = [] if row.parent_id is None else [row.parent_id]
        children = [one.id for one in repository.children(session, sight, row.id)]
        return Standing(
            blocked_by=self._some(session, principal, awaited),
            blocks=self._some(session, principal, waiting),
            parent=next(iter(self._some(session, principal, parents)), None),
            subtasks=self._some(session, principal, children),
        )

    def project_of(self, session: Session, principal: Principal, slug: str, field: str) -> str:
        """The id. UnknownProject, also for a key that is held to an agent role or to some datasets and sees no task in
        it."""
        wanted = select(Project.id).where(Project.tenant_id == principal.tenant_id, Project.slug == slug)
        return self._known(session, principal, session.scalar(wanted), field, slug)

    def project_numbered(self, session: Session, principal: Principal, number: int, field: str) -> str:
        """As `project_of`."""
        wanted = select(Project.id).where(Project.tenant_id == principal.tenant_id, Project.number == number)
        return self._known(session, principal, session.scalar(wanted), field, str(number))

    def create(self, session: Session, principal: Principal, new: NewTask) -> tuple[TaskView, bool]:
        """As `Tasks.create`; and whether it was made. Where an open task that the caller may see says the same, is for
        the same one and in the same place, that is the task: who reports something twice, or asks again because the
        answer was lost, makes it once. It is nobody's part."""
        project_id = new.project_id or repository.general_project(session, principal.tenant_id, self.tasks.clock).id
        hold_numbers(session, principal.tenant_id, Numbered.TASK)
        same = self._same(session, principal, replace(new, project_id=project_id))
        if same is not None:
            return self.tasks.get(session, principal, same), False
        return self.tasks.create(session, principal, new), True

    def _same(self, session: Session, principal: Principal, new: NewTask) -> str | None:
        sight = sight_of(session, principal, self.gate)
        wanted = select(Task.id).where(
            sight.tasks(), Task.tenant_id == principal.tenant_id, Task.title == new.title, Task.kind == new.kind,
            Task.description == new.description, Task.prompt == new.prompt, Task.priority == new.priority,
            Task.assignee_kind == new.assignee_kind, Task.assignee_id == new.assignee_id,
            Task.dataset_id == new.dataset_id, Task.project_id == new.project_id, Task.parent_id.is_(None),
            Task.workspace_id == new.workspace_id,
            Task.status.not_in(ENDED),
        )  # fmt: skip
        return session.scalar(wanted.order_by(Task.id).limit(1))

    def _known(self, session: Session, principal: Principal, found: str | None, field: str, value: str) -> str:
        sight = sight_of(session, principal, self.gate)
        if found is None or (principal.is_narrowed and found not in repository.task_counts(session, sight)):
            raise UnknownProject(field, value)
        return found

    def _some(self, session: Session, principal: Principal, task_ids: set[str] | list[str]) -> Sequence[TaskView]:
        """Those that the caller may see, oldest first."""
        if not task_ids:
            return ()
        sight = sight_of(session, principal, self.gate)
        wanted = select(Task).where(Task.id.in_(sorted(task_ids)), sight.tasks()).order_by(Task.id)
        return self.tasks.views_of(session, principal, list(session.scalars(wanted)))
