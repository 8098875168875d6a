"""Hand a part of the work over to another agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kit.errors import Conflict, Forbidden, Invalid
from orchestration.agents.directory import check_started
from orchestration.agents.types import AdapterType
from orchestration.runs.agency import Agency
from orchestration.runs.arguments import text_of, truth_of
from orchestration.runs.effects.types import Doing, Outcome, Waits
from orchestration.runs.types import ToolSpec
from orchestration.tasks.models import Task
from orchestration.tasks.service import Tasks
from orchestration.tasks.types import ActorKind, Json, NewTask, Priority, TaskStatus, WaitKind

HAND_OVER = "hand_over"

MOST_SUBTASKS = 8
"""Of one task: each may cost as much as its agent's limit allows."""

DEEPEST = 3
"""Tasks above each other that agents have handed over: two that know no better hand to and fro."""


@dataclass(frozen=True, slots=True)
class HandoverTool:
    """Only to an agent that is run here, is started, and may see all that the one who hands over sees, for it is told
    of that; and the subtask sees no more than that either, for what comes of it is told in return."""

    tasks: Tasks
    agency: Agency

    waits = True
    spec = ToolSpec(
        HAND_OVER,
        "Give another agent a part of the work. Unless `wait` is false, the work waits until that is done, and the "
        "result has what it brought",
        {
            "type": "object",
            "properties": {
                "agent_role": {"type": "string"},
                "title": {"type": "string"},
                "prompt": {"type": "string", "description": "All that the other agent needs to know"},
                "wait": {"type": "boolean"},
            },
            "required": ["agent_role", "title", "prompt"],
        },
    )

    def happen(self, doing: Doing, arguments: Mapping[str, Json]) -> Outcome:
        session, task = doing.session, doing.task
        role = text_of(arguments, "agent_role", longest=64)
        new = NewTask(
            title=text_of(arguments, "title", longest=300),
            kind=task.kind,
            prompt=text_of(arguments, "prompt", longest=20_000),
            project_id=task.project_id,
            parent_id=task.id,
            dataset_id=task.dataset_id,
            workspace_id=task.workspace_id,
            assignee_kind=ActorKind.AGENT,
            assignee_id=role,
            priority=Priority(task.priority),
        )
        waits = truth_of(arguments, "wait", default=True)
        self._check(doing, role)
        subtask = self.tasks.put(session, task.tenant_id, new, doing.actor)
        if not waits:
            return {"activityId": subtask.id, "status": subtask.status}
        self.tasks.moves.move(session, task, TaskStatus.AWAITING_SUBTASK, doing.actor)
        return Waits(WaitKind.SUBTASK, subtask.id)

    def _check(self, doing: Doing, role: str) -> None:
        session, task = doing.session, doing.task
        config = self.agency.agents.config(session, task.tenant_id, role)
        if config is None or role == doing.actor.id:
            others = [one.role for one in self.agency.agents.configs(session, task.tenant_id)]
            known = ", ".join(one for one in others if one != doing.actor.id)
            raise Invalid(f"agent_role is {role!r}; send one of {known}")
        if config.adapter is AdapterType.OUTSIDE:
            raise Conflict(f"agent {role} is not run here, and nobody would tell what comes of it")
        check_started(config)
        mine = self.agency.names.readable_names(session, doing.principal)
        theirs = self.agency.names.readable_names(session, self.agency.of(session, task, role))
        if mine.keys() - theirs.keys():
            raise Forbidden(f"agent {role} may not see all that you see, and may not be told of it")
        if self._count(session, task) >= MOST_SUBTASKS:
            raise Conflict(f"{MOST_SUBTASKS} subtasks were handed over already, and there may be no more")
        if _depth(session, task) >= DEEPEST:
            raise Conflict(f"this was handed over {DEEPEST} times already: do it yourself")

    @staticmethod
    def _count(session: Session, task: Task) -> int:
        wanted = select(func.count()).select_from(Task)
        wanted = wanted.where(Task.parent_id == task.id, Task.created_by_kind == ActorKind.AGENT)
        return session.scalar(wanted) or 0


def _depth(session: Session, task: Task) -> int:
    depth, above = 0, task
    while above.parent_id is not None and above.created_by_kind == ActorKind.AGENT and depth < DEEPEST:
        depth, above = depth + 1, session.get_one(Task, above.parent_id)
    return depth
