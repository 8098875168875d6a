"""Many jobs at once, for steps that take several of a lot: the same rules as one by one, in fewer statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kit.jobs.models import Job
from kit.jobs.queue import NEW_WORK, JobQueue, lock_in_order, new_row
from kit.jobs.types import UNFINISHED, Claim, JobState, NewJob

_AT_ONCE = 400
"""Values in one statement: SQLite takes no more than 999 in its older versions."""


def enqueue_all(queue: JobQueue, session: Session, jobs: Sequence[NewJob]) -> list[str]:
    """For each job the id of its new row, or of the unfinished one that has the same key."""
    wanted = {job.key: job for job in jobs}
    while True:
        found = _unfinished(session, list(wanted))
        now = queue.clock.now()
        fresh = {key: new_row(job, now=now) for key, job in wanted.items() if key not in found}
        # As in `enqueue`: another transaction may have added one of the keys since.
        with suppress(IntegrityError), session.begin_nested():
            if fresh:
                session.execute(insert(Job), list(fresh.values()))
                session.info[NEW_WORK] = True
            ids = found | {key: str(row["id"]) for key, row in fresh.items()}
            return [ids[job.key] for job in jobs]


def hold_all(queue: JobQueue, session: Session, claims: Sequence[Claim], *, progressed: bool = False) -> list[Claim]:
    """Those of one worker's claims whose leases are extended; the others are no longer its own, and nothing more may be
    written in their name. Call it first in every transaction of a step."""
    values: dict[str, Any] = {"lease_until": queue.clock.now() + queue.lease}
    if progressed:
        values["interruptions"] = 0
    return _fenced(session, claims, values)


def complete_all(queue: JobQueue, session: Session, claims: Sequence[Claim]) -> list[Claim]:
    """Those that are done now: all that were held in the same transaction."""
    return _fenced(session, claims, {"state": JobState.DONE, "finished_at": queue.clock.now(), "error": None})


def _unfinished(session: Session, keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in _portions(keys):
        wanted = select(Job.key, Job.id).where(Job.key.in_(some), Job.state.in_(UNFINISHED))
        found |= {row.key: row.id for row in session.execute(wanted)}
    return found


def _fenced(session: Session, claims: Sequence[Claim], values: dict[str, Any]) -> list[Claim]:
    held: set[str] = set()
    for some in _portions(sorted(claims, key=lambda claim: claim.id)):
        mine = (
            Job.owner == some[0].owner,
            Job.state == JobState.RUNNING,
            tuple_(Job.id, Job.turn).in_([(claim.id, claim.turn) for claim in some]),
        )
        lock_in_order(session, *mine)
        statement = update(Job).where(*mine).values(values).returning(Job.id)
        held.update(session.scalars(statement.execution_options(synchronize_session=False)))
    return [claim for claim in claims if claim.id in held]


def _portions(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
