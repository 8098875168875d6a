"""Rows of jobs, as far as a caller may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.datasets.models import Dataset
from ingest.datasets.repository import readable_by
from ingest.files.models import File
from ingest.work.errors import JobNotFound
from ingest.work.types import JobQuery
from kit.jobs.models import Job


class JobRow(NamedTuple):
    """A job with the file or the dataset that it is about."""

    job: Job
    file: File | None
    dataset: Dataset | None


def page(session: Session, principal: Principal, query: JobQuery, *, before: str | None, limit: int) -> list[JobRow]:
    """Newest first; those with an id below `before`."""
    wanted = _visible(session, principal)
    if query.states:
        wanted = wanted.where(Job.state.in_(query.states))
    if query.kind is not None:
        wanted = wanted.where(Job.kind == query.kind)
    if query.dataset_id is not None:
        wanted = wanted.where(Job.dataset_id == query.dataset_id)
    if before is not None:
        wanted = wanted.where(Job.id < before)
    return [JobRow(*row) for row in session.execute(wanted.order_by(Job.id.desc()).limit(limit))]


def get(session: Session, principal: Principal, job_id: str) -> JobRow:
    """JobNotFound when it is not there for this caller, whatever the reason."""
    found = session.execute(_visible(session, principal).where(Job.id == job_id)).first()
    if found is None:
        raise JobNotFound(job_id)
    return JobRow(*found)


def of_dataset(session: Session, dataset_id: str, *, kinds: Sequence[str], states: Sequence[str]) -> list[Job]:
    """Oldest first."""
    wanted = select(Job).where(Job.dataset_id == dataset_id, Job.kind.in_(kinds), Job.state.in_(states))
    return list(session.scalars(wanted.order_by(Job.id)))


def _visible(session: Session, principal: Principal) -> Select[Job, File, Dataset]:
    return (
        select(Job, File, Dataset)
        .outerjoin(File, File.id == Job.subject)
        .outerjoin(Dataset, Dataset.id == Job.subject)
        .where(Job.tenant_id == principal.tenant_id, *_narrowed(session, principal))
    )


def _narrowed(session: Session, principal: Principal) -> Sequence[ColumnElement[bool]]:
    """A key for certain datasets or an agent's sees work on datasets that it may see, and no other."""
    if principal.dataset_ids is None and principal.agent_role is None:
        return ()
    return (Job.dataset_id.in_([row.id for row in readable_by(session, principal)]),)
