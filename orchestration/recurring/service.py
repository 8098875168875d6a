"""Recurring tasks: make one, find them, change one, have one done now, and when its time has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetGate
from kit.clock import Clock
from kit.errors import Forbidden
from kit.ids import new_id
from kit.schedules.scheduler import Schedules
from kit.schedules.types import NewSchedule, ScheduleView, expression_of
from orchestration.recurring.errors import DatasetIsGone, RecurringTaskIsNotThere
from orchestration.recurring.models import RecurringTask
from orchestration.recurring.types import (
    RECURRING_TASK,
    NewRecurringTask,
    RecurringChange,
    RecurringView,
    Variable,
    VariableType,
)
from orchestration.recurring.variables import check_prompt, check_values, filled
from orchestration.tasks import repository
from orchestration.tasks.actors import actor_of
from orchestration.tasks.service import Tasks, need
from orchestration.tasks.sight import Sight, sight_of
from orchestration.tasks.types import Actor, ActorKind, NewTask


@dataclass(frozen=True, slots=True)
class RecurringTasks:
    """All methods take the caller's session and leave committing to it. RecurringTaskIsNotThere for what the caller may
    not see: what is about a dataset is for who may see that, an agent sees its own."""

    tasks: Tasks
    gate: DatasetGate
    schedules: Schedules
    clock: Clock

    def create(self, session: Session, principal: Principal, new: NewRecurringTask) -> RecurringView:
        """InvalidSchedule, UnknownPlaceholder, WrongVariable, and what refuses a task of this kind."""
        need(principal, Scope.MANAGE)
        if new.dataset_id is None and principal.dataset_ids is not None:
            raise Forbidden(f"key {principal.name!r} is held to some datasets: name the one that this is about")
        if new.dataset_id is not None:
            self.gate.readable(session, principal, new.dataset_id)
        if new.project_id is not None:
            repository.project(session, principal.tenant_id, new.project_id)
        self.tasks.check_assignee(session, principal.tenant_id, _plain(new), agent_role=principal.agent_role)
        check_prompt(new.prompt, new.variables)
        check_values(new.values, new.variables)
        row, now = recurring_row(new, principal.tenant_id), self.clock.now()
        row.created_at = row.updated_at = now
        session.add(row)
        session.flush()
        schedule = NewSchedule(row.tenant_id, RECURRING_TASK, row.id, new.trigger, new.cron, new.time_zone)
        return self._view(session, row, self.schedules.put(session, schedule))

    def list(self, session: Session, principal: Principal) -> Sequence[RecurringView]:
        """Newest first."""
        wanted = select(RecurringTask).where(self._visible(session, principal)).order_by(RecurringTask.id.desc())
        rows = list(session.scalars(wanted))
        schedules = self.schedules.of(session, RECURRING_TASK, [row.id for row in rows])
        return [self._view(session, row, schedules[row.id]) for row in rows]

    def change(
        self, session: Session, principal: Principal, recurring_id: str, change: RecurringChange
    ) -> RecurringView:
        """WrongVariable. Times that passed while it was not active are not made up for."""
        need(principal, Scope.WRITE)
        self.schedules.hold(session, RECURRING_TASK, recurring_id)
        row = self._held(session, principal, recurring_id)
        if change.values is not None:
            check_values(change.values, _variables(row))
            row.variable_values = {**row.variable_values, **change.values}
        if change.is_active is not None and change.is_active != row.is_active:
            row.is_active = change.is_active
            self.schedules.enable(session, RECURRING_TASK, row.id, is_enabled=change.is_active)
        row.updated_at = self.clock.now()
        session.flush()
        return self._view(session, row, self._schedule(session, row))

    def delete(self, session: Session, principal: Principal, recurring_id: str) -> None:
        """What it made stays."""
        need(principal, Scope.MANAGE)
        self.schedules.hold(session, RECURRING_TASK, recurring_id)
        row = self._held(session, principal, recurring_id)
        self.schedules.remove(session, RECURRING_TASK, row.id)
        session.delete(row)

    def run(self, session: Session, principal: Principal, recurring_id: str) -> str:
        """The id of the task that this makes, whether it is active or not. ValueIsMissing, DatasetIsGone,
        UnknownAssignee."""
        need(principal, Scope.WRITE)
        return self.make(session, self._held(session, principal, recurring_id), actor_of(session, principal))

    def make(self, session: Session, row: RecurringTask, actor: Actor) -> str:
        """As `run`; the row is held."""
        if row.dataset_id is not None and self.gate.living(session, row.dataset_id) is None:
            raise DatasetIsGone(row.dataset_id)
        new = NewTask(
            title=row.name,
            kind=row.kind,
            prompt=filled(row.prompt, _variables(row), row.variable_values),
            description=row.description,
            project_id=row.project_id,
            dataset_id=row.dataset_id,
            assignee_kind=ActorKind(row.assignee_kind),
            assignee_id=row.assignee_id,
            needs_review=row.needs_review,
        )
        self.tasks.check_assignee(session, row.tenant_id, new)
        row.last_task_id = self.tasks.put(session, row.tenant_id, new, actor).id
        row.last_run_at = self.clock.now()
        return row.last_task_id

    def _held(self, session: Session, principal: Principal, recurring_id: str) -> RecurringTask:
        visible = self._visible(session, principal)
        wanted = select(RecurringTask).where(RecurringTask.id == recurring_id, visible).with_for_update()
        row = session.scalar(wanted.execution_options(populate_existing=True))
        if row is None:
            raise RecurringTaskIsNotThere(recurring_id)
        return row

    def _visible(self, session: Session, principal: Principal) -> ColumnElement[bool]:
        sight: Sight = sight_of(session, principal, self.gate)
        within = sight.within(RecurringTask.tenant_id, RecurringTask.dataset_id)
        role = principal.agent_role
        if role is None:
            return within
        return and_(within, RecurringTask.assignee_kind == ActorKind.AGENT, RecurringTask.assignee_id == role)

    def _schedule(self, session: Session, row: RecurringTask) -> ScheduleView:
        return self.schedules.of(session, RECURRING_TASK, [row.id])[row.id]

    def _view(self, session: Session, row: RecurringTask, schedule: ScheduleView) -> RecurringView:
        kind = ActorKind(row.assignee_kind)
        if kind is ActorKind.AGENT:
            name = self.tasks.agents.name_of(session, row.tenant_id, row.assignee_id)
        else:
            name = repository.people(session, row.tenant_id, [row.assignee_id]).get(row.assignee_id)
        return RecurringView(
            id=row.id,
            name=row.name,
            description=row.description,
            kind=row.kind,
            prompt=row.prompt,
            assignee=Actor(kind, row.assignee_id, name or row.assignee_id),
            trigger=schedule.trigger,
            cron=expression_of(schedule.trigger, schedule.cron, subject=row.id),
            time_zone=schedule.time_zone,
            is_active=row.is_active,
            needs_review=row.needs_review,
            dataset_id=row.dataset_id,
            variables=_variables(row),
            values=row.variable_values,
            next_at=schedule.next_at if schedule.enabled else None,
            last_run_at=row.last_run_at,
            last_task_id=row.last_task_id,
        )


def _plain(new: NewRecurringTask) -> NewTask:
    return NewTask(new.name, new.kind, new.prompt, assignee_kind=new.assignee_kind, assignee_id=new.assignee_id)


def recurring_row(new: NewRecurringTask, tenant_id: str) -> RecurringTask:
    return RecurringTask(
        id=new_id(),
        tenant_id=tenant_id,
        dataset_id=new.dataset_id,
        project_id=new.project_id,
        name=new.name,
        description=new.description,
        kind=new.kind,
        prompt=new.prompt,
        assignee_kind=new.assignee_kind,
        assignee_id=new.assignee_id,
        needs_review=new.needs_review,
        is_active=True,
        variables=[
            {"key": one.key, "label": one.label, "type": one.type.value, "required": one.required}
            for one in new.variables
        ],
        variable_values=dict(new.values),
    )


def _variables(row: RecurringTask) -> Sequence[Variable]:
    return [Variable(one["key"], one["label"], VariableType(one["type"]), one["required"]) for one in row.variables]
