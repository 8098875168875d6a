"""The job that answers a message: turn after turn, each written before the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from identity.audit.acts import Act
from kit.db.database import Database
from kit.errors import CairnError, Unavailable
from kit.jobs.errors import LeaseLost
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from orchestration.chat.jobs import ANSWER, QUEUE
from orchestration.chat.progress import AnswerProgress
from orchestration.runs.adapters.errors import ModelFailed, ModelIsBusy
from orchestration.runs.turns import Brief, Turns
from orchestration.runs.types import TokensUsed


@dataclass(frozen=True, slots=True)
class AnswerHandler:
    """As `orchestration.runs.handler`: between two turns nothing is kept in memory. What is read is read by whoever
    asked, and recorded so. Nobody hears an answer before its citations are checked."""

    database: Database
    jobs: JobQueue
    progress: AnswerProgress
    turns: Turns

    kind = ANSWER
    queue = QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            try:
                self._answer(claim, signals)
            except (LeaseLost, Unavailable):
                raise
            except CairnError as error:
                with self.database.write() as session:
                    self._went_wrong(session, claim, error)

    def gave_up(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            self.progress.mark_failed(session, claim, "INTERNAL", error)

    def _went_wrong(self, session: Session, claim: Claim, error: CairnError) -> None:
        match error:
            case ModelIsBusy():
                self.progress.put_off(session, claim, error)
            case ModelFailed():
                self.progress.try_again(session, claim, error)
            case _:
                self.progress.fail(session, claim, error)

    def _answer(self, claim: Claim, signals: Signals) -> None:
        goes_on = True
        while goes_on:
            with self.database.write() as session:
                standing = self.progress.standing(session, claim)
            if standing is None:
                return
            if signals.stopping():
                with self.database.write() as session:
                    self.jobs.release(session, claim)
                return
            brief = Brief(standing.reader, Act.of(standing.asker), standing.messages, standing.tools, standing.chosen)
            turn, answer = self.turns.take(brief, hear=_nobody, wasted=partial(self._count, claim))
            with self.database.write() as session:
                goes_on = self.progress.add(session, claim, standing, turn, answer)

    def _count(self, claim: Claim, tokens: TokensUsed, cost_usd: float | None) -> None:
        with self.database.write() as session:
            self.progress.count(session, claim, tokens, cost_usd)


def _nobody(_delta: str) -> None:
    """Hears what is not checked yet."""
