"""Work that waits for a person, made beside the running server as an agent's runtime would make it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from identity.types import Principal
from ingest.datasets.gate import Gate
from kit.clock import SystemClock
from kit.db.database import Database
from kit.ids import new_id
from kit.jobs.queue import JobQueue
from orchestration.approvals.types import ApprovalType, Request, RiskLevel
from orchestration.tasks import repository
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.models import Artifact
from orchestration.tasks.types import ActorKind, NewTask, TaskStatus
from orchestration.teamwork import make_desk


@dataclass(frozen=True, slots=True)
class WaitingWork:
    database: Database
    principal: Principal

    def ask(self, **fields: object) -> str:
        """Requests an approval; fields of Request may be given. Its id."""
        desk = make_desk(SystemClock(), gate=Gate(), queue=_queue())
        request = Request(self.principal.tenant_id, "Publish?", ApprovalType.CONTENT_REVIEW, RiskLevel.LOW)
        with self.database.write() as session:
            return desk.approvals.request(session, replace(request, **fields), SYSTEM)  # type: ignore[arg-type]  # fields

    def task_with_output(self, title: str, output: str) -> str:
        """The id of a task in progress that has brought this text."""
        desk = make_desk(SystemClock(), gate=Gate(), queue=_queue())
        new = NewTask(title, "draft", "Write it.", assignee_kind=ActorKind.HUMAN, assignee_id=self.principal.user_id)
        with self.database.write() as session:
            task_id = desk.tasks.create(session, self.principal, new).id
            task = repository.hold(session, task_id)
            desk.moves.move(session, task, TaskStatus.IN_PROGRESS, SYSTEM)
            task.output_id = new_id()
            now, tenant = SystemClock().now(), self.principal.tenant_id
            session.add(
                Artifact(
                    id=task.output_id, tenant_id=tenant, task_id=task_id, version=1, format="markdown", text=output,
                    sources=[], created_at=now,
                )
            )  # fmt: skip
        return task_id


def _queue() -> JobQueue:
    return JobQueue(clock=SystemClock(), lease=timedelta(seconds=30))
