"""Examining as a job: a tenant's findings into its report, and mended where that was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import func, select

from identity.models import Tenant
from ingest.doctor.doctor import Doctor
from ingest.doctor.findings import Finding
from ingest.doctor.jobs import EVERYTHING, EXAMINE, QUEUE
from ingest.doctor.models import Examination
from kit.clock import Clock
from kit.db.database import Database
from kit.errors import CairnError
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim, Progress

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Treatment:
    left: Sequence[Finding]
    mended: list[Finding] = field(default_factory=list)
    resisting: list[tuple[Finding, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ExamineHandler:
    """Killed, it begins anew: a repair looks again whether its finding still holds."""

    database: Database
    jobs: JobQueue
    doctor: Doctor
    clock: Clock

    kind = EXAMINE
    queue = QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            treatment = self._treated(claim, signals)
            with self.database.write() as session:
                if signals.stopping():
                    self.jobs.release(session, claim)
                    continue
                self.jobs.complete(session, claim)
                session.merge(
                    Examination(
                        tenant_id=claim.subject,
                        job_id=claim.id,
                        examined_at=self.clock.now(),
                        findings=[stored(one) for one in treatment.left],
                        mended=[stored(one) for one in treatment.mended],
                        resisting=[{**stored(one), "reason": reason} for one, reason in treatment.resisting],
                    )
                )

    def gave_up(self, claim: Claim, error: str) -> None:
        """The job's own row says it."""

    def _treated(self, claim: Claim, signals: Signals) -> _Treatment:
        treatment = _Treatment(self._findings(claim.subject))
        chosen = claim.text("repair")
        wanted = frozenset(chosen.split())
        todo = [one for one in treatment.left if one.repairable and (chosen == EVERYTHING or one.id in wanted)]
        for number, finding in enumerate(todo):
            if signals.stopping() or signals.is_lost(claim):
                return treatment
            self._tell(claim, Progress("mending", number, len(todo)))
            self._mend(finding, treatment)
        if treatment.mended:
            treatment.left = self._findings(claim.subject)
        return treatment

    def _mend(self, finding: Finding, treatment: _Treatment) -> None:
        try:
            self.doctor.repair(finding)
        except CairnError as error:
            treatment.resisting.append((finding, error.message))
        else:
            treatment.mended.append(finding)
            _log.warning("home.mended", ailment=finding.ailment.value, subject=finding.subject)

    def _tell(self, claim: Claim, progress: Progress) -> None:
        with self.database.write() as session:
            self.jobs.hold(session, claim, progressed=True, progress=progress)

    def _findings(self, tenant_id: str) -> Sequence[Finding]:
        """What no row ties to a tenant any more is told to the tenant of an installation that has one alone."""
        with self.database.read() as session:
            is_alone = session.scalar(select(func.count()).select_from(Tenant)) == 1
        mine = (tenant_id, None) if is_alone else (tenant_id,)
        return [finding for finding in self.doctor.examine() if finding.tenant_id in mine]


def stored(finding: Finding) -> Mapping[str, Any]:
    return {
        "id": finding.id,
        "ailment": finding.ailment.value,
        "subject": finding.subject,
        "message": finding.message,
        "remedy": finding.remedy,
        "repairable": finding.repairable,
    }
