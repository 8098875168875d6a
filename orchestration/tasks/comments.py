"""What people and agents say about a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from kit.ids import new_id
from orchestration.tasks import repository, views
from orchestration.tasks.actors import actor_of
from orchestration.tasks.events import ACTIVITY_UPDATED, record, tell
from orchestration.tasks.mentions import mentions_of
from orchestration.tasks.models import Task, TaskComment
from orchestration.tasks.ports import AgentNames, TaskNotices
from orchestration.tasks.service import need
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import Actor, ActorKind, CommentKind, CommentView


@dataclass(frozen=True, slots=True)
class Comments:
    """All methods take the caller's session and leave committing to it. TaskIsNotThere for what the caller may not
    see."""

    names: DatasetNames
    agents: AgentNames
    notices: TaskNotices
    clock: Clock

    def list(self, session: Session, principal: Principal, task_id: str) -> Sequence[CommentView]:
        """Oldest first."""
        row = repository.get(session, sight_of(session, principal, self.names), task_id)
        return [views.comment(one) for one in repository.comments(session, row.id)]

    def add(self, session: Session, principal: Principal, task_id: str, text: str, kind: CommentKind) -> CommentView:
        """MentionsNobody where it names somebody who is not there."""
        need(principal, Scope.WRITE)
        repository.get(session, sight_of(session, principal, self.names), task_id)
        task = repository.hold(session, task_id)
        return self.put(session, task, actor_of(session, principal), text, kind)

    def put(self, session: Session, task: Task, author: Actor, text: str, kind: CommentKind) -> CommentView:
        """As `add`, where the task is held."""

        def name_of(who: ActorKind, identifier: str) -> str | None:
            if who is ActorKind.AGENT:
                return self.agents.name_of(session, task.tenant_id, identifier)
            return repository.active_person(session, task.tenant_id, identifier)

        mentions, now = mentions_of(text, name_of), self.clock.now()
        row = TaskComment(
            id=new_id(),
            tenant_id=task.tenant_id,
            task_id=task.id,
            kind=kind,
            text=text,
            author_kind=author.kind,
            author_id=author.id,
            author_name=author.name,
            mentions=[{"kind": one.kind.value, "id": one.id, "name": one.name} for one in mentions],
            created_at=now,
        )
        session.add(row)
        session.flush()
        record(session, task, "commented", author, at=now, data={"commentId": row.id, "kind": kind.value})
        tell(session, task, ACTIVITY_UPDATED, at=now, data={"status": task.status, "commentId": row.id})
        who = [Actor(one.kind, one.id, one.name) for one in mentions]
        self.notices.mentioned(session, task, who, author, text)
        return views.comment(row)
