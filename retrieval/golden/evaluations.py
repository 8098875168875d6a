"""Evaluations: asked for as rows, done by a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from kit.clock import Clock
from kit.errors import Invalid, NotFound
from kit.ids import new_id
from kit.jobs.queue import JobQueue
from kit.jobs.types import NewJob
from retrieval.golden.jobs import EVALUATE, QUEUE
from retrieval.golden.models import Evaluation
from retrieval.golden.service import QuestionSets, questions_at
from retrieval.golden.types import Configuration, EvaluationKind, EvaluationState, EvaluationView

"""Of its own: an evaluation takes minutes, and nothing that users wait for stands behind it."""
_LATEST = 100


@dataclass(frozen=True, slots=True)
class Evaluations:
    sets: QuestionSets
    queue: JobQueue
    clock: Clock

    def begin(
        self,
        session: Session,
        principal: Principal,
        set_id: str,
        *,
        kind: EvaluationKind,
        configurations: Sequence[Configuration] = (),
        adopt: bool = False,
    ) -> EvaluationView:
        """Of the set as it is now. `adopt`: what is found and holds becomes the dataset's setting."""
        row = self.sets.row(session, principal, set_id)
        names = [one.name for one in configurations]
        if len(set(names)) < len(names):
            raise Invalid(f"configurations need names of their own, not {', '.join(names)}")
        if not questions_at(session, set_id, row.version):
            raise Invalid(f"question set {row.name!r} has no question yet; mark results of a search, or import some")
        made = Evaluation(
            id=new_id(),
            tenant_id=principal.tenant_id,
            set_id=set_id,
            dataset_id=row.dataset_id,
            version=row.version,
            kind=kind,
            state=EvaluationState.QUEUED,
            configurations=[one.stored() for one in configurations],
            adopt=adopt,
            created_at=self.clock.now(),
        )
        session.add(made)
        session.flush()
        self.queue.enqueue(session, _job(made))
        return view_of(made)

    def list(self, session: Session, principal: Principal, set_id: str) -> Sequence[EvaluationView]:
        """Newest first."""
        self.sets.row(session, principal, set_id)
        wanted = select(Evaluation).where(Evaluation.set_id == set_id).order_by(Evaluation.id.desc()).limit(_LATEST)
        return [view_of(row) for row in session.scalars(wanted)]

    def get(self, session: Session, principal: Principal, set_id: str, evaluation_id: str) -> EvaluationView:
        self.sets.row(session, principal, set_id)
        row = session.get(Evaluation, evaluation_id)
        if row is None or row.set_id != set_id:
            raise NotFound(f"question set {set_id} has no evaluation {evaluation_id}")
        return view_of(row)


def _job(row: Evaluation) -> NewJob:
    return NewJob(
        kind=EVALUATE,
        queue=QUEUE,
        key=f"{EVALUATE}:{row.id}",
        subject=row.id,
        payload={"evaluation_id": row.id},
        tenant_id=row.tenant_id,
        priority=200,
    )


def view_of(row: Evaluation) -> EvaluationView:
    return EvaluationView(
        id=row.id,
        set_id=row.set_id,
        dataset_id=row.dataset_id,
        version=row.version,
        kind=EvaluationKind(row.kind),
        state=EvaluationState(row.state),
        configurations=[Configuration.restored(one) for one in row.configurations],
        result=row.result,
        error=row.error,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
