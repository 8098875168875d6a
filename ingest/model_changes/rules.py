"""What a person may do with the job of a model change: through the change itself, so that both say the same."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ingest.datasets.models import ModelChange
from ingest.datasets.types import ChangeState
from ingest.model_changes import repository
from ingest.model_changes.service import ModelChanges
from ingest.work.errors import JobCannotBeRetried
from kit.jobs.models import Job


@dataclass(frozen=True, slots=True)
class ModelChangeRules:
    """Implements KindRules of ingest.work."""

    changes: ModelChanges

    def retry(self, session: Session, job: Job) -> str:  # noqa: ARG002 - the protocol's
        raise JobCannotBeRetried(
            f"job {job.id} changed a dataset's embedding model; begin another model change instead"
        )

    def cancel(self, session: Session, job: Job) -> None:
        change = session.get(ModelChange, str(job.payload["change_id"]))
        if change is not None and change.state in repository.OPEN:
            self.changes.end(session, change, ChangeState.CANCELLED)
        else:
            self.changes.queue.cancel(session, subject=job.subject, kinds=(job.kind,))
