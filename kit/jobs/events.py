"""What those who watch are told of jobs: how far one is that says so, and one that ended badly."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kit.events.outbox import publish
from kit.events.types import NewEvent
from kit.jobs.types import Claim, JobState, Progress

JOB_UPDATED = "job_updated"


def tell_job(
    session: Session,
    claim: Claim,
    state: JobState,
    *,
    at: datetime,
    error: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Work of no tenant in particular is nobody's to watch."""
    if claim.tenant_id is None:
        return
    data = {
        "jobId": claim.id,
        "kind": claim.kind,
        "state": state.value,
        "subjectId": claim.subject,
        "datasetId": claim.dataset_id,
        "stage": progress.stage if progress else None,
        "done": progress.done if progress else None,
        "total": progress.total if progress else None,
        "error": error,
    }
    publish(session, NewEvent(JOB_UPDATED, claim.tenant_id, data, dataset_id=claim.dataset_id), at=at)
