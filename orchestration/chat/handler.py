"""The job that answers a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from identity.audit.acts import Act
from kit.db.database import Database
from kit.errors import CairnError
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from orchestration.chat.jobs import ANSWER, QUEUE
from orchestration.chat.progress import AnswerProgress, Standing
from orchestration.runs.adapters.errors import ModelFailed, ModelIsBusy
from orchestration.runs.citations import Checked
from orchestration.runs.turn_by_turn import turn_by_turn
from orchestration.runs.turns import Brief, Turns
from orchestration.runs.types import TokensUsed, Turn


@dataclass(frozen=True, slots=True)
class AnswerHandler:
    """Implements the Steps of an answer. What is read is read by whoever asked, and recorded so. Nobody hears an answer
    before its citations are checked."""

    database: Database
    jobs: JobQueue
    progress: AnswerProgress
    turns: Turns

    kind = ANSWER
    queue = QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            turn_by_turn(self.database, self.jobs, claim, signals, self)

    def gave_up(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            self.progress.mark_failed(session, claim, "INTERNAL", error)

    def standing(self, session: Session, claim: Claim) -> Standing | None:
        return self.progress.standing(session, claim)

    def take(self, claim: Claim, standing: Standing) -> tuple[Turn, Checked | None]:
        brief = Brief(standing.reader, Act.of(standing.asker), standing.messages, standing.tools, standing.chosen)
        return self.turns.take(brief, hear=_nobody, wasted=partial(self._count, claim))

    def add(self, session: Session, claim: Claim, standing: Standing, turn: Turn, answer: Checked | None) -> bool:
        return self.progress.add(session, claim, standing, turn, answer)

    def went_wrong(self, session: Session, claim: Claim, error: CairnError) -> None:
        match error:
            case ModelIsBusy():
                self.progress.put_off(session, claim, error)
            case ModelFailed():
                self.progress.try_again(session, claim, error)
            case _:
                self.progress.fail(session, claim, error)

    def _count(self, claim: Claim, tokens: TokensUsed, cost_usd: float | None) -> None:
        with self.database.write() as session:
            self.progress.count(session, claim, tokens, cost_usd)


def _nobody(_delta: str) -> None:
    """Hears what is not checked yet."""
