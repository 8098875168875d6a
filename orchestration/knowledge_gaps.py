"""A gap in the knowledge that somebody reports is a task: somebody has to look after the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from orchestration.tasks import repository
from orchestration.tasks.actors import actor_of
from orchestration.tasks.machine import ENDED
from orchestration.tasks.models import Task
from orchestration.tasks.numbers import Numbered, hold_numbers
from orchestration.tasks.service import Tasks
from orchestration.tasks.types import NewTask

GAP = "knowledge_gap"
_LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class KnowledgeGaps:
    tasks: Tasks

    def report(
        self, session: Session, principal: Principal, *, question: str, missing: str, dataset_ids: Sequence[str]
    ) -> str:
        """The id of the task, which is nobody's yet: a new one, or the open one that asks the same of the same
        documents. It is about the dataset where there is one; about several it is the tenant's, and nobody's who is
        held to some of them. Whoever may search may report: it is not their task to give."""
        tenant_id, asked = principal.tenant_id, " ".join(question.split())
        title = f"Missing: {asked}"
        new = NewTask(
            title=title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1].rstrip()}…",
            kind=GAP,
            prompt=f"See that the documents answer this: {question}",
            description=missing,
            dataset_id=dataset_ids[0] if len(dataset_ids) == 1 else None,
        )
        project = repository.general_project(session, tenant_id, self.tasks.clock)
        hold_numbers(session, tenant_id, Numbered.TASK)
        same = select(Task.id).where(
            Task.tenant_id == tenant_id, Task.project_id == project.id, Task.kind == GAP, Task.prompt == new.prompt,
            Task.status.not_in(ENDED),
            Task.dataset_id.is_(None) if new.dataset_id is None else Task.dataset_id == new.dataset_id,
        )  # fmt: skip
        found = session.scalar(same.order_by(Task.id).limit(1))
        return found or self.tasks.put(session, tenant_id, new, actor_of(session, principal)).id
