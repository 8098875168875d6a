"""Work as an administrator looks after it: see what runs, waits and failed; try again, call off, drop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.datasets.gate import Gate
from ingest.datasets.jobs import REMOVE as REMOVE_DATASET
from ingest.files.builds import Builds
from ingest.files.jobs import BUILDING, REMOVE, SWEEP, SWITCH
from ingest.files.models import File
from ingest.files.repository import hold_originals
from ingest.work import repository
from ingest.work.errors import JobCannotBeCancelled, JobCannotBeRetried, JobStateForbids
from ingest.work.repository import JobRow
from ingest.work.types import JobQuery, JobView
from kit.errors import Invalid
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from kit.jobs.types import UNFINISHED, JobState
from kit.pagination import Page, PageRequest, encode_cursor

_UPKEEP = (REMOVE, SWEEP, SWITCH, REMOVE_DATASET)
_ENDED_BADLY = (JobState.FAILED, JobState.DEAD, JobState.CANCELLED)


class KindRules(Protocol):
    """What a kind of job does when a person takes a hand in it, beyond what happens to its row."""

    def retry(self, session: Session, job: Job) -> str:
        """Have the work done again; the id of the job that does it. Raises JobCannotBeRetried."""

    def cancel(self, session: Session, job: Job) -> None:
        """End the job, in its row and in what it is about."""


@dataclass(frozen=True, slots=True)
class Work:
    """All methods take the caller's session and leave committing to it. JobNotFound where there is none for the caller.

    `rules` are those of kinds that other features bring, by kind.
    """

    gate: Gate
    builds: Builds
    queue: JobQueue
    rules: Mapping[str, KindRules] = field(default_factory=dict)

    def list(self, session: Session, principal: Principal, query: JobQuery, page: PageRequest) -> Page[JobView]:
        """Newest first."""
        if query.dataset_id is not None:
            self.gate.readable(session, principal, query.dataset_id)
        before = None if page.after is None else _id_in(page.after)
        found = repository.page(session, principal, query, before=before, limit=page.limit + 1)
        shown = found[: page.limit]
        cursor = encode_cursor(shown[-1].job.id) if len(found) > page.limit else None
        return Page([_view(row) for row in shown], cursor)

    def get(self, session: Session, principal: Principal, job_id: str) -> JobView:
        return _view(repository.get(session, principal, job_id))

    def retry(self, session: Session, principal: Principal, job_id: str) -> JobView:
        """The job that does the work again: a failed build is begun anew, anything else goes back into its queue."""
        job = repository.get(session, principal, job_id).job
        if job.state not in _ENDED_BADLY:
            raise JobStateForbids(
                f"job {job.id} is {job.state}; only failed, dead and cancelled jobs can be tried again"
            )
        again = self._again(session, job)
        session.flush()
        return self.get(session, principal, again)

    def cancel(self, session: Session, principal: Principal, job_id: str) -> JobView:
        """Ends it at once for whoever asks, and within seconds where a worker is in the middle of it."""
        job = repository.get(session, principal, job_id).job
        if job.state not in UNFINISHED:
            raise JobStateForbids(f"job {job.id} is {job.state}; only queued and running jobs can be cancelled")
        self._call_off(session, job)
        session.flush()
        session.expire_all()
        return self.get(session, principal, job_id)

    def drop(self, session: Session, principal: Principal, job_id: str) -> None:
        """Forget a job that has ended."""
        job = repository.get(session, principal, job_id).job
        if job.state in UNFINISHED:
            raise JobStateForbids(f"job {job.id} is {job.state}; cancel it before dropping it")
        session.delete(job)

    def cancel_builds(self, session: Session, principal: Principal, dataset_id: str) -> int:
        """Calls off every build of the dataset, as after a re-index that was a mistake. Returns how many there were."""
        self.gate.readable(session, principal, dataset_id)
        jobs = repository.of_dataset(session, dataset_id, kinds=BUILDING, states=UNFINISHED)
        for job in jobs:
            self._call_off(session, job)
        return len(jobs)

    def retry_builds(self, session: Session, principal: Principal, dataset_id: str) -> int:
        """Begins every build of the dataset anew whose file is in error, and returns how many that are."""
        dataset = self.gate.readable(session, principal, dataset_id)
        return self.builds.begin_failed(session, dataset)

    def _again(self, session: Session, job: Job) -> str:
        if job.kind in self.rules:
            return self.rules[job.kind].retry(session, job)
        if job.kind not in BUILDING:
            return self.queue.requeue(session, job.id)
        file = session.get(File, job.subject)
        dataset = None if file is None else self.gate.living(session, file.dataset_id)
        if file is None or file.deleted_at is not None or dataset is None:
            raise JobCannotBeRetried(f"the file of job {job.id} is deleted; drop the job")
        hold_originals(session, file.tenant_id)
        session.refresh(file)
        return self.builds.begin(session, file, dataset)

    def _call_off(self, session: Session, job: Job) -> None:
        if job.kind in _UPKEEP:
            raise JobCannotBeCancelled(f"job {job.id} ({job.kind}) removes what is of no more use, and goes on")
        if job.kind in self.rules:
            self.rules[job.kind].cancel(session, job)
            return
        file = session.get(File, job.subject) if job.kind in BUILDING else None
        if file is None:
            self.queue.cancel(session, subject=job.subject, kinds=(job.kind,))
        else:
            self.builds.call_off(session, file)


def _view(row: JobRow) -> JobView:
    job, file, dataset = row
    stage, done, total = job.stage, job.done, job.total
    if file is not None and job.kind in BUILDING and job.state == JobState.RUNNING:
        stage, done, total = file.status, file.chunks_done, file.chunks_total
    return JobView(
        id=job.id,
        kind=job.kind,
        queue=job.queue,
        state=JobState(job.state),
        dataset_id=job.dataset_id,
        subject_id=job.subject,
        subject_name=file.name if file is not None else (dataset.name if dataset is not None else None),
        stage=stage,
        done=done,
        total=total,
        attempt=job.attempt,
        max_attempts=job.max_attempts,
        interruptions=job.interruptions,
        error=job.error,
        created_at=job.created_at,
        due_at=job.run_after,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def _id_in(key: str) -> str:
    if len(key) != 26 or not key.isalnum():
        raise Invalid(f"cursor {encode_cursor(key)!r} is not one that this list gave out; start again without a cursor")
    return key
