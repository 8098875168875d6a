"""How a run ends well: with an answer, which is done or up for review."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kit.clock import Clock
from kit.ids import new_id
from orchestration.approvals.service import Approvals
from orchestration.approvals.types import ApprovalType, Request, RiskLevel
from orchestration.runs.agency import Agency
from orchestration.runs.citations import Checked
from orchestration.tasks import repository, runs
from orchestration.tasks.events import record
from orchestration.tasks.models import Artifact, Task, TaskRun
from orchestration.tasks.moves import Moves
from orchestration.tasks.types import Actor, Json, RunState, TaskStatus, TextFormat


@dataclass(frozen=True, slots=True)
class Answering:
    """The task's row is held."""

    moves: Moves
    approvals: Approvals
    agency: Agency
    clock: Clock

    def answer(self, session: Session, task: Task, run: TaskRun, answer: Checked) -> None:
        now, actor = self.clock.now(), self.agency.actor(session, task)
        artifact = Artifact(
            id=new_id(),
            tenant_id=task.tenant_id,
            task_id=task.id,
            run_id=run.id,
            version=repository.last_version(session, task.id) + 1,
            format=TextFormat.MARKDOWN,
            text=answer.text,
            sources=[one.stored() for one in answer.sources],
            created_at=now,
        )
        session.add(artifact)
        task.output_id = artifact.id
        data: dict[str, Json] = {
            "outputId": artifact.id,
            "version": artifact.version,
            "citations": len(answer.sources),
            "unsupported": answer.unsupported,
        }
        record(session, task, "output_added", actor, at=now, data=data)
        self.agency.agents.note(session, task.tenant_id, task.assignee_id or "", None, at=now)
        if task.needs_review:
            self._ask(session, task, run, artifact, actor)
        else:
            self.end(session, task, run)

    def end(self, session: Session, task: Task, run: TaskRun) -> None:
        runs.end(session, run, RunState.COMPLETED, at=self.clock.now())
        self.moves.move(session, task, TaskStatus.DONE, self.agency.actor(session, task))

    def _ask(self, session: Session, task: Task, run: TaskRun, artifact: Artifact, actor: Actor) -> None:
        """The run is over: the approval's row waits, and what is decided makes another run."""
        runs.end(session, run, RunState.COMPLETED, at=self.clock.now())
        request = Request(
            task.tenant_id,
            task.title,
            ApprovalType.CONTENT_REVIEW,
            RiskLevel.MEDIUM,
            description=f"Version {artifact.version} of what {actor.name} has brought",
            task_ids=[task.id],
            dataset_id=task.dataset_id,
            workspace_id=task.workspace_id,
            details={"outputId": artifact.id, "version": artifact.version},
        )
        self.approvals.request(session, request, actor)
