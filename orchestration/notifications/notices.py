"""Whom what happens to tasks and approvals concerns, and what they are told. Nobody is told of their own doing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kit.clock import Clock
from orchestration.approvals.models import Approval
from orchestration.approvals.types import RiskLevel
from orchestration.notifications import repository
from orchestration.notifications.telling import tell
from orchestration.notifications.types import NewNotification, NotificationType
from orchestration.tasks.models import Task
from orchestration.tasks.ports import AgentRunners
from orchestration.tasks.types import Actor, ActorKind, TaskStatus

SHOWN = 500
"""Characters of a comment, a question or an error."""


@dataclass(frozen=True, slots=True)
class Notices:
    """Implements the TaskNotices of tasks and the ApprovalNotices of approvals. An agent that is run here reads no
    notifications, and gets none."""

    agents: AgentRunners
    clock: Clock

    def ended(self, session: Session, task: Task, actor: Actor, *, error: str | None) -> None:
        is_done = task.status == TaskStatus.DONE
        new = NewNotification(
            title=f"{'Done' if is_done else 'Failed'}: {task.title}",
            message=f"{actor.name} has finished it." if is_done else _beginning(error or "It has failed."),
            type=NotificationType.SUCCESS if is_done else NotificationType.ERROR,
            source="tasks",
            link=task_link(task.id),
            dataset_id=task.dataset_id,
        )
        self._tell(session, task.tenant_id, [_maker(task)], new, actor)

    def assigned(self, session: Session, task: Task, actor: Actor) -> None:
        if task.assignee_kind != ActorKind.HUMAN or task.assignee_id is None:
            return
        new = NewNotification(
            title=f"For you: {task.title}",
            message=_beginning(task.description or task.prompt),
            source="tasks",
            link=task_link(task.id),
            dataset_id=task.dataset_id,
        )
        self._tell(session, task.tenant_id, [Actor(ActorKind.HUMAN, task.assignee_id, "")], new, actor)

    def mentioned(self, session: Session, task: Task, who: Sequence[Actor], author: Actor, text: str) -> None:
        new = NewNotification(
            title=f"You are mentioned: {task.title}",
            message=_beginning(text),
            source="comments",
            link=task_link(task.id),
            dataset_id=task.dataset_id,
        )
        self._tell(session, task.tenant_id, who, new, author)

    def asked(self, session: Session, task: Task, person_id: str, author: Actor, text: str) -> None:
        new = NewNotification(
            title=f"{author.name} asks you: {task.title}",
            message=_beginning(text),
            type=NotificationType.WARNING,
            source="tasks",
            link=task_link(task.id),
            dataset_id=task.dataset_id,
        )
        self._tell(session, task.tenant_id, [Actor(ActorKind.HUMAN, person_id, "")], new, author)

    def approval_asked(self, session: Session, row: Approval, actor: Actor) -> None:
        """Administrators: it is they who decide."""
        new = NewNotification(
            title=f"Approval asked: {row.title}",
            message=_beginning(row.description or f"{actor.name} asks for it."),
            type=NotificationType.WARNING if row.risk == RiskLevel.HIGH else NotificationType.INFO,
            source="approvals",
            link=f"/#/approvals/{row.id}",
            dataset_id=row.dataset_id,
        )
        self._tell(session, row.tenant_id, repository.administrators(session, row.tenant_id), new, actor)

    def _tell(
        self, session: Session, tenant_id: str, who: Sequence[Actor], new: NewNotification, author: Actor
    ) -> None:
        told = [one for one in who if self._reads(session, tenant_id, one) and not _is_same(one, author)]
        tell(session, tenant_id, told, new, author, at=self.clock.now())

    def _reads(self, session: Session, tenant_id: str, who: Actor) -> bool:
        if who.kind is ActorKind.AGENT:
            return not self.agents.is_run_here(session, tenant_id, who.id)
        return who.kind is ActorKind.HUMAN


def _maker(task: Task) -> Actor:
    return Actor(ActorKind(task.created_by_kind), task.created_by_id, task.created_by_name)


def _is_same(one: Actor, other: Actor) -> bool:
    return (one.kind, one.id) == (other.kind, other.id)


def _beginning(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def task_link(task_id: str) -> str:
    """The console's page of it."""
    return f"/#/tasks/{task_id}"
