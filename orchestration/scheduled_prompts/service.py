"""Scheduled prompts: make one, find them, change one, have one asked now, and when its time has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.types import Principal
from identity.workspaces import Workspaces, WorkspaceView
from kit.clock import Clock
from kit.ids import new_id
from kit.pagination import Page, PageRequest
from kit.schedules.scheduler import Schedules
from kit.schedules.types import NewSchedule, ScheduleView, Trigger
from orchestration.scheduled_prompts import history
from orchestration.scheduled_prompts.errors import NobodyWorksHere, ScheduledPromptIsNotThere, TooManySchedules
from orchestration.scheduled_prompts.models import ScheduledPrompt
from orchestration.scheduled_prompts.types import (
    PROMPT,
    NewScheduledPrompt,
    PromptRunView,
    PromptSource,
    ScheduledPromptChange,
    ScheduledPromptView,
)
from orchestration.tasks.actors import actor_of
from orchestration.tasks.service import Tasks
from orchestration.tasks.types import Actor, ActorKind, NewTask

MOST = 100
"""Of one workspace: they are listed all at once."""

_TITLE = 120


@dataclass(frozen=True, slots=True)
class ScheduledPrompts:
    """All methods take the caller's session and leave committing to it. WorkspaceNotFound for whoever is neither let in
    by a token of the workspace nor a manager of its tenant; ScheduledPromptIsNotThere for what is not the
    workspace's."""

    workspaces: Workspaces
    tasks: Tasks
    schedules: Schedules
    clock: Clock

    def create(
        self, session: Session, principal: Principal, workspace_id: str, new: NewScheduledPrompt
    ) -> ScheduledPromptView:
        """InvalidSchedule, TooManySchedules."""
        workspace = self.workspaces.get(session, principal, workspace_id)
        self.workspaces.hold(session, workspace.id)
        if self._count(session, workspace.id) >= MOST:
            raise TooManySchedules(workspace.id, MOST)
        now = self.clock.now()
        row = ScheduledPrompt(
            id=new_id(), tenant_id=principal.tenant_id, workspace_id=workspace.id, prompt=new.prompt, source=new.source,
            created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._put(session, row, new.expression, new.time_zone)
        self.schedules.enable(session, PROMPT, row.id, is_enabled=new.is_enabled)
        return self._views(session, [row])[0]

    def list(self, session: Session, principal: Principal, workspace_id: str) -> Sequence[ScheduledPromptView]:
        """Oldest first, all of them."""
        workspace = self.workspaces.get(session, principal, workspace_id)
        wanted = select(ScheduledPrompt).where(ScheduledPrompt.workspace_id == workspace.id)
        return self._views(session, list(session.scalars(wanted.order_by(ScheduledPrompt.id))))

    def change(
        self, session: Session, principal: Principal, workspace_id: str, prompt_id: str, change: ScheduledPromptChange
    ) -> ScheduledPromptView:
        """InvalidSchedule. A change counts from now on: times that passed before are not made up for."""
        row = self._held(session, principal, workspace_id, prompt_id)
        schedule = self._schedule(session, row)
        if change.prompt is not None:
            row.prompt = change.prompt
        self._put(
            session, row, change.expression or schedule.cron or "",
            schedule.time_zone if change.time_zone is None else change.time_zone,
        )  # fmt: skip
        if change.is_enabled is not None:
            self.schedules.enable(session, PROMPT, row.id, is_enabled=change.is_enabled)
        row.updated_at = self.clock.now()
        session.flush()
        return self._views(session, [row])[0]

    def delete(self, session: Session, principal: Principal, workspace_id: str, prompt_id: str) -> None:
        """With its history. The tasks that it made stay."""
        row = self._held(session, principal, workspace_id, prompt_id)
        self.schedules.remove(session, PROMPT, row.id)
        session.delete(row)

    def run(self, session: Session, principal: Principal, workspace_id: str, prompt_id: str) -> str:
        """The id of the task that this makes, whether it is enabled or not, and whether the workspace is busy or not:
        somebody asked. NobodyWorksHere."""
        row = self._held(session, principal, workspace_id, prompt_id)
        workspace = self.workspaces.get(session, principal, workspace_id)
        task_id = self.make(session, row, workspace, actor_of(session, principal))
        self.schedules.record_manual(session, PROMPT, row.id, started=task_id)
        return task_id

    def make(self, session: Session, row: ScheduledPrompt, workspace: WorkspaceView, actor: Actor) -> str:
        """The id of a new task of the workspace's agent. The row is held."""
        if self.tasks.agents.name_of(session, row.tenant_id, workspace.agent_role) is None:
            raise NobodyWorksHere(workspace.id, workspace.agent_role)
        new = NewTask(
            title=_title(row.prompt),
            kind=PROMPT,
            prompt=row.prompt,
            assignee_kind=ActorKind.AGENT,
            assignee_id=workspace.agent_role,
            workspace_id=workspace.id,
        )
        row.last_task_id = self.tasks.put(session, row.tenant_id, new, actor).id
        session.flush()
        return row.last_task_id

    def history(
        self, session: Session, principal: Principal, workspace_id: str, prompt_id: str, page: PageRequest
    ) -> Page[PromptRunView]:
        """Newest first: the times that have ended."""
        row = self._row(session, principal, workspace_id, prompt_id)
        return history.page_of(session, row.id, page)

    def _put(self, session: Session, row: ScheduledPrompt, expression: str, time_zone: str) -> None:
        self.schedules.put(
            session, NewSchedule(row.tenant_id, PROMPT, row.id, Trigger.CRON, expression.strip(), time_zone)
        )

    def _row(self, session: Session, principal: Principal, workspace_id: str, prompt_id: str) -> ScheduledPrompt:
        workspace = self.workspaces.get(session, principal, workspace_id)
        wanted = select(ScheduledPrompt).where(
            ScheduledPrompt.id == prompt_id, ScheduledPrompt.workspace_id == workspace.id
        )
        row = session.scalar(wanted.execution_options(populate_existing=True))
        if row is None:
            raise ScheduledPromptIsNotThere(prompt_id)
        return row

    def _held(self, session: Session, principal: Principal, workspace_id: str, prompt_id: str) -> ScheduledPrompt:
        """Its schedule is what is taken: whoever changes either takes that, and what is due does so as well."""
        self.schedules.hold(session, PROMPT, prompt_id)
        return self._row(session, principal, workspace_id, prompt_id)

    def _schedule(self, session: Session, row: ScheduledPrompt) -> ScheduleView:
        return self.schedules.of(session, PROMPT, [row.id])[row.id]

    @staticmethod
    def _count(session: Session, workspace_id: str) -> int:
        wanted = select(func.count()).select_from(ScheduledPrompt)
        return session.scalar(wanted.where(ScheduledPrompt.workspace_id == workspace_id)) or 0

    def _views(self, session: Session, rows: Sequence[ScheduledPrompt]) -> Sequence[ScheduledPromptView]:
        ids = [row.id for row in rows]
        schedules, newest = self.schedules.of(session, PROMPT, ids), history.newest_of(session, ids)
        return [_view(row, schedules[row.id], newest.get(row.id)) for row in rows]


def _view(row: ScheduledPrompt, schedule: ScheduleView, last_run: PromptRunView | None) -> ScheduledPromptView:
    return ScheduledPromptView(
        id=row.id,
        workspace_id=row.workspace_id,
        expression=schedule.cron or "",
        time_zone=schedule.time_zone,
        prompt=row.prompt,
        is_enabled=schedule.enabled,
        source=PromptSource(row.source),
        last_run=last_run,
        last_task_id=row.last_task_id,
        next_at=schedule.next_at if schedule.enabled else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _title(prompt: str) -> str:
    """Its first line, as much of it as fits."""
    line = prompt.strip().splitlines()[0].strip()
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1]}…"
