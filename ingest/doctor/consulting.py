"""The doctor as a tenant's administrators ask him: what is theirs, examined and mended by a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.doctor.jobs import EVERYTHING, EXAMINE, examine_job
from ingest.doctor.models import Examination
from kit.errors import Forbidden, NotFound
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from kit.jobs.types import UNFINISHED


@dataclass(frozen=True, slots=True)
class Report:
    """`examined_at` is None before the first examination. Findings as `examining` stores them."""

    running_job: str | None
    examined_at: datetime | None
    findings: Sequence[Mapping[str, Any]] = ()
    mended: Sequence[Mapping[str, Any]] = ()
    resisting: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Consulting:
    """For keys that manage the whole tenant: findings name files of every dataset. Forbidden for narrowed ones. All
    methods take the caller's session and leave committing to it."""

    queue: JobQueue

    def report(self, session: Session, principal: Principal) -> Report:
        _check(principal)
        row = session.get(Examination, principal.tenant_id)
        running = session.scalar(
            select(Job.id).where(
                Job.kind == EXAMINE, Job.tenant_id == principal.tenant_id, Job.state.in_(UNFINISHED)
            )
        )  # fmt: skip
        if row is None:
            return Report(running, None)
        return Report(running, row.examined_at, row.findings, row.mended, row.resisting)

    def examine(self, session: Session, principal: Principal) -> str:
        """The job that looks; the one that is already at it, where there is one."""
        _check(principal)
        return self.queue.enqueue(session, examine_job(principal.tenant_id))

    def repair(self, session: Session, principal: Principal, finding_ids: Sequence[str] | None) -> str:
        """The job that mends these findings of the last report, or all that can be mended (None), and looks again.

        NotFound for a finding that the report does not have.
        """
        report = self.report(session, principal)
        known = {finding["id"] for finding in report.findings}
        for one in finding_ids or ():
            if one not in known:
                raise NotFound(f"the last report has no finding {one}; look at it anew")
        chosen = EVERYTHING if finding_ids is None else " ".join(dict.fromkeys(finding_ids))
        return self.queue.enqueue(session, examine_job(principal.tenant_id, repair=chosen))


def _check(principal: Principal) -> None:
    if principal.is_narrowed:
        raise Forbidden(f"key {principal.name!r} is for a part of the datasets, and this is about all of them")
