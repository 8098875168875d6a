"""Tidying as a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from ingest.doctor.doctor import Doctor
from ingest.doctor.jobs import QUEUE, TIDY
from kit.db.database import Database
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TidyHandler:
    database: Database
    jobs: JobQueue
    doctor: Doctor

    kind = TIDY
    queue = QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:  # noqa: ARG002 - over in a moment
        for claim in claims:
            mended = self.doctor.tidy()
            if mended:
                _log.warning("home.tidied", findings=mended)
            with self.database.write() as session:
                self.jobs.complete(session, claim)

    def gave_up(self, claim: Claim, error: str) -> None:
        """The job's own row says it, and so does the doctor when he is asked."""
