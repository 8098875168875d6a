"""In whose name a run acts, and what it may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from identity.types import Principal, Role, Scope
from ingest.files.ports import DatasetNames
from orchestration.agents.directory import AgentDirectory
from orchestration.tasks.models import Task
from orchestration.tasks.types import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Agency:
    agents: AgentDirectory
    names: DatasetNames

    def actor(self, session: Session, task: Task) -> Actor:
        role = task.assignee_id or ""
        return Actor(ActorKind.AGENT, role, self.agents.name_of(session, task.tenant_id, role) or role)

    def principal(self, session: Session, task: Task) -> Principal:
        """Sees what its role may see; of a task about a dataset, that one alone, for whoever sees the dataset sees what
        comes of the task. Of a task that another agent handed over, no more than that one sees: it is told what comes
        of it."""
        return self.of(session, task, task.assignee_id or "")

    def may_see(self, session: Session, principal: Principal, task: Task) -> bool:
        """Whether the dataset that the task is about, if it is, is there for the agent."""
        return task.dataset_id is None or task.dataset_id in self.names.readable_names(session, principal)

    def of(self, session: Session, task: Task, role: str) -> Principal:
        """The agent of that role, at that task."""
        known = self.agents.name_of(session, task.tenant_id, role) or role
        principal = Principal(
            tenant_id=task.tenant_id,
            key_id="",
            user_id=None,
            name=known,
            role=Role.REVIEWER,
            scopes=frozenset({Scope.READ, Scope.SEARCH}),
            agent_role=role,
            dataset_ids=None if task.dataset_id is None else [task.dataset_id],
        )
        above = self._above(session, task)
        return principal if above is None else replace(principal, dataset_ids=_both(principal.dataset_ids, above))

    def _above(self, session: Session, task: Task) -> Sequence[str] | None:
        """The datasets that the agent sees who handed the task over; None: nobody did."""
        if task.parent_id is None or task.created_by_kind != ActorKind.AGENT:
            return None
        parent = session.get_one(Task, task.parent_id)
        return list(self.names.readable_names(session, self.of(session, parent, task.created_by_id)))


def _both(narrow: Sequence[str] | None, above: Sequence[str]) -> Sequence[str]:
    return above if narrow is None else [one for one in narrow if one in above]
