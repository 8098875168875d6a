"""Tasks: make one, find them, look at one with all that hangs on it, try it again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetGate
from kit.clock import Clock
from kit.errors import Forbidden
from kit.ids import new_id
from kit.pagination import Page, PageRequest, encode_cursor
from orchestration.tasks import repository, views
from orchestration.tasks.actors import actor_of
from orchestration.tasks.errors import (
    OutputIsNotThere,
    ProjectIsNotThere,
    ProjectIsResting,
    TaskHasNotFailed,
    TaskIsAPersons,
    UnknownAssignee,
)
from orchestration.tasks.events import record, tell_status
from orchestration.tasks.models import Project, Task
from orchestration.tasks.moves import Moves
from orchestration.tasks.numbers import Numbered, next_number
from orchestration.tasks.ports import AgentNames
from orchestration.tasks.sight import Sight, sight_of
from orchestration.tasks.types import (
    Actor,
    ActorKind,
    EventView,
    NewTask,
    OutputView,
    ProjectStatus,
    TaskDetail,
    TaskQuery,
    TaskStatus,
    TaskView,
    WakeReason,
)


@dataclass(frozen=True, slots=True)
class Tasks:
    """All methods take the caller's session and leave committing to it. TaskIsNotThere for what the caller may not
    see, Forbidden for what the caller sees and may not do."""

    gate: DatasetGate
    agents: AgentNames
    moves: Moves
    clock: Clock

    def create(self, session: Session, principal: Principal, new: NewTask) -> TaskView:
        """An agent's task is in the queue as the transaction ends. ProjectIsNotThere, UnknownAssignee, and the gate's
        NotFound for the dataset or the parent."""
        need(principal, Scope.WRITE)
        sight = sight_of(session, principal, self.gate)
        if new.dataset_id is None and principal.dataset_ids is not None:
            raise Forbidden(f"key {principal.name!r} is held to some datasets: name the one that the task is about")
        if new.dataset_id is not None:
            self.gate.readable(session, principal, new.dataset_id)
        if new.parent_id is not None:
            repository.get(session, sight, new.parent_id)
            repository.hold(session, new.parent_id)  # before the numbers are: see orchestration.tasks.numbers
        if new.project_id is not None:
            check_project(session, sight, new.project_id)
        self.check_assignee(session, principal.tenant_id, new, agent_role=principal.agent_role)
        task = self.put(session, principal.tenant_id, new, actor_of(session, principal))
        return self.views_of(session, principal, [task])[0]

    def put(self, session: Session, tenant_id: str, new: NewTask, actor: Actor) -> Task:
        """As `create`, for a task that was agreed to before: the assignee may have gone since, and nobody is asking.
        ProjectIsNotThere."""
        project, now = self._project(session, tenant_id, new.project_id), self.clock.now()
        task = Task(
            id=new_id(),
            tenant_id=tenant_id,
            project_id=project.id,
            parent_id=new.parent_id,
            dataset_id=new.dataset_id,
            workspace_id=new.workspace_id,
            kind=new.kind,
            title=new.title,
            description=new.description,
            prompt=new.prompt,
            status=TaskStatus.CREATED,
            priority=new.priority,
            assignee_kind=new.assignee_kind,
            assignee_id=new.assignee_id,
            needs_review=new.needs_review,
            tags=new.tags,
            estimated_minutes=new.estimated_minutes,
            max_duration_seconds=new.max_duration_seconds,
            due_at=new.due_at,
            number=next_number(session, tenant_id, Numbered.TASK),
            created_by_kind=actor.kind,
            created_by_id=actor.id,
            created_by_name=actor.name,
            cost_usd=0.0,
            events_count=0,
            created_at=now,
            updated_at=now,
        )
        session.add(task)
        session.flush()
        record(session, task, "created", actor, at=now, data={"title": task.title})
        tell_status(session, task, at=now)
        if task.assignee_id is not None:
            self.moves.wake(session, task, WakeReason.CREATED, actor)
        session.flush()
        return task

    def get(self, session: Session, principal: Principal, task_id: str) -> TaskView:
        return self.views_of(session, principal, [self._row(session, principal, task_id)])[0]

    def list(self, session: Session, principal: Principal, query: TaskQuery, page: PageRequest) -> Page[TaskView]:
        """Newest first."""
        sight = sight_of(session, principal, self.gate)
        rows = repository.page_of(session, sight, query, before=page.after, limit=page.limit + 1)
        shown = rows[: page.limit]
        cursor = encode_cursor(shown[-1].id) if len(rows) > page.limit else None
        return Page(self.views_of(session, principal, shown), cursor)

    def detail(self, session: Session, principal: Principal, task_id: str) -> TaskDetail:
        sight = sight_of(session, principal, self.gate)
        row = repository.get(session, sight, task_id)
        output = repository.output(session, row)
        return TaskDetail(
            task=self.views_of(session, principal, [row])[0],
            output=None if output is None else views.output(output),
            comments=[views.comment(one) for one in repository.comments(session, row.id)],
            runs=[views.run(one) for one in repository.runs(session, row.id)],
            subtasks=self.views_of(session, principal, repository.children(session, sight, row.id)),
        )

    def output(self, session: Session, principal: Principal, task_id: str) -> OutputView:
        """OutputIsNotThere where it has brought nothing yet."""
        row = self._row(session, principal, task_id)
        found = repository.output(session, row)
        if found is None:
            raise OutputIsNotThere(row.id, row.status)
        return views.output(found)

    def versions(self, session: Session, principal: Principal, task_id: str) -> Sequence[OutputView]:
        """All that it has brought, oldest first."""
        row = self._row(session, principal, task_id)
        return [views.output(one) for one in repository.versions(session, row.id)]

    def timeline(self, session: Session, principal: Principal, task_id: str) -> Sequence[EventView]:
        """Oldest first."""
        row = self._row(session, principal, task_id)
        return [views.event(one) for one in repository.events(session, row.id)]

    def visible(self, session: Session, principal: Principal, task_ids: Collection[str]) -> frozenset[str]:
        """Those of the tasks that the caller may see."""
        return repository.visible(session, sight_of(session, principal, self.gate), task_ids)

    def retry(self, session: Session, principal: Principal, task_id: str) -> str:
        """The id of the new run. TaskHasNotFailed, ProjectIsResting, TaskIsAPersons."""
        need(principal, Scope.MANAGE)
        self._row(session, principal, task_id)
        task = repository.hold(session, task_id)
        if task.status != TaskStatus.FAILED:
            raise TaskHasNotFailed(task.id, task.status)
        project = session.get_one(Project, task.project_id)
        if project.status != ProjectStatus.ACTIVE:
            raise ProjectIsResting(task.id, project.status)
        run_id = self.moves.wake(session, task, WakeReason.RETRY, actor_of(session, principal), feedback=task.feedback)
        if run_id is None:
            raise TaskIsAPersons(task.id)
        return run_id

    def _row(self, session: Session, principal: Principal, task_id: str) -> Task:
        return repository.get(session, sight_of(session, principal, self.gate), task_id)

    def _project(self, session: Session, tenant_id: str, project_id: str | None) -> Project:
        if project_id is None:
            return repository.general_project(session, tenant_id, self.clock)
        return repository.project(session, tenant_id, project_id)

    def check_assignee(self, session: Session, tenant_id: str, new: NewTask, *, agent_role: str | None = None) -> None:
        """UnknownAssignee. An agent, who asks as `agent_role`, may only give work to itself: what another one finds is
        not for its eyes."""
        if new.assignee_id is None:
            return
        if new.assignee_kind is ActorKind.AGENT:
            name = self.agents.name_of(session, tenant_id, new.assignee_id)
            if name is None or agent_role not in {None, new.assignee_id}:
                raise UnknownAssignee("agentRole", new.assignee_id)
        elif repository.active_person(session, tenant_id, new.assignee_id) is None:
            raise UnknownAssignee("assigneeId", new.assignee_id)

    def views_of(self, session: Session, principal: Principal, rows: Sequence[Task]) -> Sequence[TaskView]:
        projects = repository.projects_of(session, {row.project_id for row in rows})
        people = {row.assignee_id for row in rows if row.assignee_kind == ActorKind.HUMAN and row.assignee_id}
        names = dict(repository.people(session, principal.tenant_id, people))
        for row in rows:
            if row.assignee_kind == ActorKind.AGENT and row.assignee_id:
                name = self.agents.name_of(session, principal.tenant_id, row.assignee_id)
                names[row.assignee_id] = name or row.assignee_id
        return [views.task(row, project=projects[row.project_id], names=names) for row in rows]


def check_project(session: Session, sight: Sight, project_id: str) -> Project:
    """ProjectIsNotThere, also for a key that is held to an agent role or to some datasets and sees no task in it."""
    found = repository.project(session, sight.principal.tenant_id, project_id)
    if sight.principal.is_narrowed and project_id not in repository.task_counts(session, sight):
        raise ProjectIsNotThere(project_id)
    return found


def need(principal: Principal, scope: Scope) -> None:
    """Surfaces check it too, by the type of their caller; services are not only called by surfaces."""
    if not principal.may(scope):
        raise Forbidden(f"this needs {scope.value}, which key {principal.name!r} does not have")
