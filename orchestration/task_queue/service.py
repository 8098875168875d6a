"""A queue for programs elsewhere: they submit jobs, and claim them with a lease that a silent worker loses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from kit.clock import Clock
from kit.errors import Forbidden
from kit.ids import new_id
from orchestration.task_queue.errors import ClaimIsOver, QueuedJobIsNotThere, QueueIsAway
from orchestration.task_queue.models import QueuedJob
from orchestration.task_queue.types import ClaimQuery, QueuedState, QueuedView, Submission

LOST = "its worker went silent"
_FIRST_RETRY_SECONDS = 2
_LAST_RETRY_SECONDS = 300
_NO_TABLE = ("no such table", "does not exist")


@dataclass(frozen=True, slots=True)
class TaskQueue:
    """All methods take the caller's session and leave committing to it. Jobs are of the tenant as a whole: a key that
    is held to an agent role or to some datasets has nothing to do with them. QueuedJobIsNotThere, Forbidden,
    QueueIsAway. Those that are over are kept for `keep`, and their idempotency keys with them."""

    clock: Clock
    keep: timedelta

    def submit(self, session: Session, principal: Principal, new: Submission) -> QueuedView:
        """Who submits with an `idempotency_key` that the queue has seen gets the job of then."""
        self._check(principal, Scope.WRITE)
        now = self.clock.now()
        row = QueuedJob(
            id=new_id(), tenant_id=principal.tenant_id, queue_name=new.queue_name, task_type=new.task_type,
            payload=dict(new.payload), priority=new.priority, partition=new.partition,
            idempotency_key=new.idempotency_key, state=QueuedState.QUEUED, attempt=0, max_attempts=new.max_attempts,
            timeout_seconds=new.timeout_seconds, run_after=now, created_by=principal.name[:200], created_at=now,
        )  # fmt: skip
        with _there():
            self._prune(session, principal.tenant_id)
            if new.idempotency_key is None:
                session.add(row)
                session.flush()
                return _view(row)
            same = select(QueuedJob).where(
                QueuedJob.tenant_id == principal.tenant_id, QueuedJob.queue_name == new.queue_name,
                QueuedJob.idempotency_key == new.idempotency_key,
            )  # fmt: skip
            found = session.scalar(same)
            if found is not None:
                return _view(found)
            try:
                with session.begin_nested():
                    session.add(row)
            except IntegrityError:  # somebody was quicker
                return _view(session.scalars(same).one())
            return _view(row)

    def claim(
        self, session: Session, principal: Principal, query: ClaimQuery, *, worker_id: str, limit: int
    ) -> Sequence[QueuedView]:
        """Up to `limit` jobs that are the worker's from now on, urgent and old ones first. On PostgreSQL it passes by
        what another is about to take; on SQLite there is one writer at a time. What was claimed as often as it may be
        has failed."""
        self._check(principal, Scope.WRITE)
        now, taken = self.clock.now(), list[QueuedView]()
        with _there():
            for row in session.scalars(self._line(principal, query, limit)).all():
                if row.state == QueuedState.RUNNING and row.attempt >= row.max_attempts:
                    row.state, row.error, row.finished_at = QueuedState.FAILED, LOST, now
                    row.worker_id = row.lease_until = None
                    continue
                row.state, row.worker_id, row.attempt = QueuedState.RUNNING, worker_id, row.attempt + 1
                row.started_at, row.lease_until = row.started_at or now, now + timedelta(seconds=row.timeout_seconds)
                taken.append(_view(row))
            session.flush()
        return taken

    def get(self, session: Session, principal: Principal, job_id: str) -> QueuedView:
        self._check(principal, Scope.READ)
        with _there():
            row = session.get(QueuedJob, job_id)
        if row is None or row.tenant_id != principal.tenant_id:
            raise QueuedJobIsNotThere(job_id)
        return _view(row)

    def heartbeat(
        self, session: Session, principal: Principal, job_id: str, *, worker_id: str, attempt: int
    ) -> QueuedView:
        """The worker keeps it for as long again. ClaimIsOver."""
        row = self._held(session, principal, job_id, worker_id, attempt)
        row.lease_until = self.clock.now() + timedelta(seconds=row.timeout_seconds)
        session.flush()
        return _view(row)

    def complete(
        self, session: Session, principal: Principal, job_id: str, *, worker_id: str, attempt: int,
        result: Mapping[str, Any] | None,
    ) -> QueuedView:  # fmt: skip
        """ClaimIsOver."""
        row = self._held(session, principal, job_id, worker_id, attempt)
        row.state, row.finished_at, row.lease_until = QueuedState.COMPLETED, self.clock.now(), None
        row.result, row.error = None if result is None else dict(result), None
        session.flush()
        return _view(row)

    def fail(
        self, session: Session, principal: Principal, job_id: str, *, worker_id: str, attempt: int, error: str,
        again: bool,
    ) -> QueuedView:  # fmt: skip
        """`again`: back into the queue with a growing delay, while it has attempts left. ClaimIsOver."""
        row, now = self._held(session, principal, job_id, worker_id, attempt), self.clock.now()
        row.error, row.worker_id, row.lease_until = error, None, None
        if again and row.attempt < row.max_attempts:
            delay = min(_FIRST_RETRY_SECONDS * 2 ** min(row.attempt - 1, 20), _LAST_RETRY_SECONDS)
            row.state, row.run_after = QueuedState.QUEUED, now + timedelta(seconds=delay)
        else:
            row.state, row.finished_at = QueuedState.FAILED, now
        session.flush()
        return _view(row)

    def _line(self, principal: Principal, query: ClaimQuery, limit: int) -> Select[QueuedJob]:
        now = self.clock.now()
        due = and_(QueuedJob.state == QueuedState.QUEUED, QueuedJob.run_after <= now)
        lost = and_(QueuedJob.state == QueuedState.RUNNING, QueuedJob.lease_until < now)
        wanted = select(QueuedJob).where(
            QueuedJob.tenant_id == principal.tenant_id, QueuedJob.queue_name == query.queue_name, or_(due, lost)
        )
        if query.task_type is not None:
            wanted = wanted.where(QueuedJob.task_type == query.task_type)
        if query.partition is not None:
            wanted = wanted.where(QueuedJob.partition == query.partition)
        line = wanted.order_by(QueuedJob.priority.desc(), QueuedJob.id).limit(limit).with_for_update(skip_locked=True)
        return line.execution_options(populate_existing=True)

    def _prune(self, session: Session, tenant_id: str) -> None:
        """A few at a time, with whatever is submitted: more go than come."""
        over = select(QueuedJob.id).where(
            QueuedJob.tenant_id == tenant_id, QueuedJob.state.in_((QueuedState.COMPLETED, QueuedState.FAILED)),
            QueuedJob.finished_at < self.clock.now() - self.keep,
        )  # fmt: skip
        ids = session.scalars(over.order_by(QueuedJob.id).limit(10).with_for_update(skip_locked=True)).all()
        if ids:
            session.execute(delete(QueuedJob).where(QueuedJob.id.in_(ids)))

    def _held(self, session: Session, principal: Principal, job_id: str, worker_id: str, attempt: int) -> QueuedJob:
        """A lease that ran out holds until somebody else has claimed the job: nobody is in the way of that."""
        self._check(principal, Scope.WRITE)
        wanted = select(QueuedJob).where(QueuedJob.id == job_id, QueuedJob.tenant_id == principal.tenant_id)
        with _there():
            row = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
        if row is None:
            raise QueuedJobIsNotThere(job_id)
        if (row.state, row.worker_id, row.attempt) != (QueuedState.RUNNING, worker_id, attempt):
            raise ClaimIsOver(job_id, worker_id, attempt)
        return row

    @staticmethod
    def _check(principal: Principal, scope: Scope) -> None:
        if not principal.may(scope):
            raise Forbidden(f"this needs {scope.value}, which key {principal.name!r} does not have")
        if principal.is_narrowed:
            raise Forbidden(f"key {principal.name!r} is for an agent or for certain datasets and has no part in queues")


@contextmanager
def _there() -> Iterator[None]:
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        if any(words in str(error.orig) for words in _NO_TABLE):
            raise QueueIsAway from error
        raise


def _view(row: QueuedJob) -> QueuedView:
    return QueuedView(
        row.id, row.queue_name, row.task_type, row.payload, row.priority, row.partition, row.idempotency_key,
        QueuedState(row.state), row.attempt, row.max_attempts, row.timeout_seconds, row.worker_id, row.lease_until,
        row.result, row.error, row.created_at, row.started_at, row.finished_at,
    )  # fmt: skip
