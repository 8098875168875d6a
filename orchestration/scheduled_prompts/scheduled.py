"""Scheduled prompts whose time has come."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.errors import WorkspaceNotFound
from kit.schedules.errors import ScheduleIsBusy
from kit.schedules.types import Due
from orchestration.scheduled_prompts.errors import ScheduledPromptIsNotThere
from orchestration.scheduled_prompts.models import ScheduledPrompt
from orchestration.scheduled_prompts.service import ScheduledPrompts
from orchestration.scheduled_prompts.types import PROMPT
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.machine import OVER
from orchestration.tasks.models import Task


@dataclass(frozen=True, slots=True)
class DuePrompt:
    """Implements the ScheduleKind of scheduled prompts. Its subject is one of them."""

    prompts: ScheduledPrompts

    kind = PROMPT

    def start(self, session: Session, due: Due) -> str:
        """ScheduleIsBusy while any task of the workspace is not over. The workspace is held, so that of two of its
        schedules that are due together the second finds it busy."""
        row = session.get(ScheduledPrompt, due.subject, populate_existing=True)
        if row is None:
            raise ScheduledPromptIsNotThere(due.subject)
        workspace = self.prompts.workspaces.hold(session, row.workspace_id)
        if workspace is None:
            raise WorkspaceNotFound(f"workspace {row.workspace_id} is gone; delete this schedule")
        wanted = select(Task).where(Task.workspace_id == workspace.id, Task.status.not_in(OVER))
        task = session.scalar(wanted.order_by(Task.id).limit(1))
        if task is not None:
            raise ScheduleIsBusy(f"the workspace is busy: task {task.id} is not over")
        return self.prompts.make(session, row, workspace, SYSTEM)
