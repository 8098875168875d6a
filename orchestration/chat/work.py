"""What happens to an answer when a person takes a hand in its job, or when the job is gone."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from ingest.work.errors import JobCannotBeRetried
from kit.clock import Clock
from kit.db.database import Database
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from orchestration.chat import repository
from orchestration.chat.ending import fail_by_id

LOST = "the worker died over it; ask again"
_AT_ONCE = 50
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AnswerWork:
    """Implements the KindRules of `chat.answer`."""

    queue: JobQueue
    clock: Clock

    def retry(self, session: Session, job: Job) -> str:  # noqa: ARG002 - as the protocol has it
        raise JobCannotBeRetried(f"job {job.id} answers message {job.subject}; send the message again instead")

    def cancel(self, session: Session, job: Job) -> None:
        fail_by_id(
            session,
            conversation_id=str(job.payload["conversation_id"]),
            message_id=job.subject,
            code="CANCELLED",
            error="it was called off",
            at=self.clock.now(),
        )
        self.queue.cancel(session, subject=job.subject, kinds=(job.kind,))


@dataclass(frozen=True, slots=True)
class AnswerWatch:
    """At every tick of every worker: no message waits for a job that died together with the process that should have
    said so."""

    database: Database
    clock: Clock

    def tick(self) -> int:
        """How many there were."""
        with self.database.read() as session:
            lost = repository.pending_without_job(session, limit=_AT_ONCE)
        for message in lost:
            with self.database.write() as session:
                fail_by_id(
                    session,
                    conversation_id=message.conversation_id,
                    message_id=message.id,
                    code="INTERNAL",
                    error=LOST,
                    at=self.clock.now(),
                )
        if lost:
            _log.info("chat.looked_after", count=len(lost))
        return len(lost)
