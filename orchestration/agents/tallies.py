"""How agents do: their tasks by what became of them, and when they were last seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.models import AccessKey
from orchestration.tasks.machine import ENDED
from orchestration.tasks.models import Task, TaskRun
from orchestration.tasks.sight import Sight
from orchestration.tasks.types import ActorKind, RunState, TaskStatus


@dataclass(slots=True)
class Tally:
    """`open` are tasks that are neither over nor failed. `title` is of a task that it is at now."""

    open: int = 0
    done: int = 0
    failed: int = 0
    title: str | None = None
    began_at: datetime | None = None
    key_used_at: datetime | None = None

    @property
    def completion_rate(self) -> float | None:
        """Of the tasks that are done or have failed, those that are done: 0 to 1. None where there is none."""
        ended = self.done + self.failed
        return self.done / ended if ended else None


def of_agents(session: Session, sight: Sight) -> Mapping[str, Tally]:
    """By role. Tasks are those that the caller may see."""
    found: defaultdict[str, Tally] = defaultdict(Tally)
    mine = (sight.tasks(), Task.assignee_kind == ActorKind.AGENT, Task.assignee_id.is_not(None))
    counted = select(Task.assignee_id, Task.status, func.count()).where(*mine).group_by(Task.assignee_id, Task.status)
    for role, status, count in session.execute(counted):
        if status == TaskStatus.FAILED:
            found[role or ""].failed += count
        elif status == TaskStatus.DONE:
            found[role or ""].done += count
        elif status not in ENDED:
            found[role or ""].open += count
    runs = select(Task.assignee_id, func.max(TaskRun.started_at)).join(TaskRun, TaskRun.task_id == Task.id)
    for role, at in session.execute(runs.where(*mine, TaskRun.model != "").group_by(Task.assignee_id)):
        found[role or ""].began_at = at
    now = select(Task.assignee_id, Task.title).join(TaskRun, TaskRun.task_id == Task.id).order_by(TaskRun.id)
    for role, title in session.execute(now.where(*mine, TaskRun.state == RunState.RUNNING)):
        found[role or ""].title = title
    keys = select(AccessKey.agent_role, func.max(AccessKey.last_used_at)).where(
        AccessKey.tenant_id == sight.principal.tenant_id, AccessKey.agent_role.is_not(None)
    )
    for role, used_at in session.execute(keys.group_by(AccessKey.agent_role)):
        found[role or ""].key_used_at = used_at
    return found
