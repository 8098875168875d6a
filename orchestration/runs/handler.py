"""The job that does a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from identity.audit.acts import Act
from kit.clock import Clock
from kit.db.database import Database
from kit.errors import CairnError
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from orchestration.runs.adapters.errors import ModelFailed, ModelIsBusy, OutOfTime
from orchestration.runs.citations import Checked
from orchestration.runs.live import LiveText
from orchestration.runs.progress import RunProgress, Standing
from orchestration.runs.turn_by_turn import turn_by_turn
from orchestration.runs.turns import Brief, Turns
from orchestration.runs.types import TokensUsed, Turn
from orchestration.runs.watch import RunWatch
from orchestration.tasks.jobs import QUEUE, RUN
from orchestration.tasks.types import RunState


@dataclass(frozen=True, slots=True)
class RunHandler:
    """Implements the Steps of a run. Models and tools are asked outside of any transaction."""

    database: Database
    jobs: JobQueue
    progress: RunProgress
    watch: RunWatch
    turns: Turns
    clock: Clock

    kind = RUN
    queue = QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            turn_by_turn(self.database, self.jobs, claim, signals, self)
            self.watch.subtask_ended(claim.subject)

    def gave_up(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            self.progress.mark_failed(session, claim, error)

    def standing(self, session: Session, claim: Claim) -> Standing | None:
        return self.progress.standing(session, claim)

    def take(self, claim: Claim, standing: Standing) -> tuple[Turn, Checked | None]:
        live = LiveText(self.database, self.jobs, self.clock, claim, standing)
        brief = Brief(standing.agent, Act.of(standing.agent), standing.messages, standing.tools, standing.chosen)
        return self.turns.take(brief, hear=live.add, wasted=partial(self._count, claim))

    def add(
        self,
        session: Session,
        claim: Claim,
        standing: Standing,  # noqa: ARG002 - as the protocol has it
        turn: Turn,
        answer: Checked | None,
    ) -> bool:
        return self.progress.add(session, claim, turn, answer)

    def went_wrong(self, session: Session, claim: Claim, error: CairnError) -> None:
        match error:
            case ModelIsBusy():
                self.progress.put_off(session, claim, error.message, seconds=error.retry_after)
            case ModelFailed():
                self.progress.try_again(session, claim, error.message)
            case OutOfTime():
                self.progress.fail(session, claim, error.message, RunState.TIMEOUT)
            case _:
                self.progress.fail(session, claim, error.message)

    def _count(self, claim: Claim, tokens: TokensUsed, cost_usd: float | None) -> None:
        with self.database.write() as session:
            self.progress.count(session, claim, tokens, cost_usd)
