"""How a job is done turn after turn, each written before the next begins; and what ends it."""

from __future__ import annotations

from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from kit.db.database import Database
from kit.errors import CairnError, Unavailable
from kit.jobs.errors import LeaseLost
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from orchestration.runs.citations import Checked
from orchestration.runs.types import Turn

S = TypeVar("S")


class Steps(Protocol[S]):
    """`S`: where the work stands before a turn. All but `take` is a transaction's worth each."""

    def standing(self, session: Session, claim: Claim) -> S | None:
        """None where there is nothing to go on with, and then the job is ended or put off."""

    def take(self, claim: Claim, standing: S) -> tuple[Turn, Checked | None]:
        """The turn, and the answer where it is one; outside of any transaction."""

    def add(self, session: Session, claim: Claim, standing: S, turn: Turn, answer: Checked | None) -> bool:
        """Writes the turn. Whether it goes on."""

    def went_wrong(self, session: Session, claim: Claim, error: CairnError) -> None:
        """Puts the job off, has it tried again, or ends it."""


def turn_by_turn(database: Database, jobs: JobQueue, claim: Claim, signals: Signals, steps: Steps[S]) -> None:
    """Between two turns nothing is kept in memory: whoever takes the job up after a worker that was killed goes on
    behind the last finished turn. LeaseLost and Unavailable are the worker's to deal with: the job is another's by now,
    or what it needs is away for a while. Any other error of Cairn's is the job's own."""
    try:
        while _one_more(database, jobs, claim, signals, steps):
            pass
    except (LeaseLost, Unavailable):
        raise
    except CairnError as error:
        with database.write() as session:
            steps.went_wrong(session, claim, error)


def _one_more(database: Database, jobs: JobQueue, claim: Claim, signals: Signals, steps: Steps[S]) -> bool:
    with database.write() as session:
        standing = steps.standing(session, claim)
    if standing is None:
        return False
    if signals.stopping():
        with database.write() as session:
            jobs.release(session, claim)
        return False
    turn, answer = steps.take(claim, standing)
    with database.write() as session:
        return steps.add(session, claim, standing, turn, answer)
