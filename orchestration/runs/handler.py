"""The job that does a run: turn after turn, each written before the next begins."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.audit.acts import Act, acting
from identity.audit.reads import ReadLog
from identity.audit.trail import Deed
from kit.clock import Clock
from kit.db.database import Database
from kit.errors import CairnError, Unavailable
from kit.jobs.errors import LeaseLost
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from orchestration.runs.adapters.errors import ModelFailed, ModelIsBusy, OutOfTime
from orchestration.runs.citations import Checked, checked
from orchestration.runs.claims import marked
from orchestration.runs.live import LiveText
from orchestration.runs.progress import RunProgress, Standing
from orchestration.runs.tools import Toolbox
from orchestration.runs.types import Called, TextDelta, TokensUsed, ToolCall, Turn
from orchestration.runs.watch import RunWatch
from orchestration.tasks.jobs import QUEUE, RUN
from orchestration.tasks.types import RunState
from retrieval.search.citing import Citations

MOST_CALLS = 32
"""Of one reply. The built-in adapter makes 18 at most; a model that makes more has lost its way, and each is a row's
part and a search's cost."""


@dataclass(frozen=True, slots=True)
class RunHandler:
    """Between two turns nothing is kept in memory: whoever takes the job up after a worker that was killed goes on
    behind the last finished turn. Models and tools are asked outside of any transaction."""

    database: Database
    jobs: JobQueue
    progress: RunProgress
    watch: RunWatch
    toolbox: Toolbox
    citations: Citations
    reads: ReadLog
    clock: Clock

    kind = RUN
    queue = QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            try:
                self._run(claim, signals)
            except (LeaseLost, Unavailable):
                raise
            except CairnError as error:
                with self.database.write() as session:
                    self._went_wrong(session, claim, error)
            self.watch.subtask_ended(claim.subject)

    def gave_up(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            self.progress.mark_failed(session, claim, error)

    def _went_wrong(self, session: Session, claim: Claim, error: CairnError) -> None:
        match error:
            case ModelIsBusy():
                self.progress.put_off(session, claim, error.message, seconds=error.retry_after)
            case ModelFailed():
                self.progress.try_again(session, claim, error.message)
            case OutOfTime():
                self.progress.fail(session, claim, error.message, RunState.TIMEOUT)
            case _:
                self.progress.fail(session, claim, error.message)

    def _run(self, claim: Claim, signals: Signals) -> None:
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
            turn, answer = self._turn(claim, standing)
            with self.database.write() as session:
                goes_on = self.progress.add(session, claim, turn, answer)

    def _turn(self, claim: Claim, standing: Standing) -> tuple[Turn, Checked | None]:
        """What the agent reads in it goes into the audit trail, as what anybody reads does."""
        began = self.clock.now()
        self.reads.check()
        with acting(Act.of(standing.agent)) as act:
            toolbox = self.toolbox.only(standing.tools)
            text, calls, tokens = self._reply(claim, standing, toolbox)
            called = [Called(call, toolbox.call(standing.agent, call)) for call in calls[:MOST_CALLS]]
            called += [Called(call, _too_many(len(calls))) for call in calls[MOST_CALLS : MOST_CALLS + 1]]
            answer = None if called else self._checked(standing, text)
        ended = self.clock.now()
        self.reads.put(
            [Deed(act, ended, "read", one.entity_type, one.entity_id, {**one.metadata}) for one in act.notes]
        )
        used = tokens or TokensUsed(0, 0)
        return Turn(text, called, used, (ended - began).total_seconds(), _cost(standing, tokens)), answer

    def _checked(self, standing: Standing, text: str) -> Checked:
        answer = checked(self.citations, standing.agent, text)
        return marked(answer) if standing.chosen.adapter.writes_freely else answer

    def _reply(
        self, claim: Claim, standing: Standing, toolbox: Toolbox
    ) -> tuple[str, Sequence[ToolCall], TokensUsed | None]:
        calls, tokens = list[ToolCall](), None
        live = LiveText(self.database, self.jobs, self.clock, claim, standing)
        try:
            for part in standing.chosen.adapter.reply(standing.messages, toolbox.specs):
                match part:
                    case TextDelta(delta):
                        live.add(delta)
                    case ToolCall():
                        calls.append(part)
                    case TokensUsed():
                        tokens = part
        except CairnError:
            if tokens is not None:
                with self.database.write() as session:
                    self.progress.count(session, claim, tokens, _cost(standing, tokens))
            raise
        return live.text, calls, tokens


def _cost(standing: Standing, tokens: TokensUsed | None) -> float | None:
    """US dollars; None where the model's price or what it has used is not known."""
    price = standing.chosen.price
    return None if tokens is None or price is None else price.of(tokens)


def _too_many(asked: int) -> str:
    """For the first of the calls that are not made; the model is not shown the others again."""
    error = f"a reply may make {MOST_CALLS} calls, and made {asked}: those from this one on were not made"
    return json.dumps({"error": error})
