"""A run as rows: begun, a turn further, ended. Each method is one transaction's worth, with the job held in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.types import Principal
from kit.clock import Clock
from kit.jobs.errors import LeaseLost
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim, JobState, Progress
from orchestration.agents.running import in_turn, running
from orchestration.agents.types import AdapterType, AgentConfig, AgentState
from orchestration.runs.adapters.choosing import Adapters, Chosen
from orchestration.runs.agency import Agency
from orchestration.runs.answering import Answering
from orchestration.runs.citations import Checked
from orchestration.runs.conversation import inputs_of, messages_of, row_of, turns_of
from orchestration.runs.effects.happening import Effects, Waiting
from orchestration.runs.effects.types import Doing
from orchestration.runs.passage_texts import PassageTexts
from orchestration.runs.types import Bounds, Left, Message, TokensUsed, Turn
from orchestration.tasks import repository, runs
from orchestration.tasks.errors import TaskIsNotThere
from orchestration.tasks.events import ACTIVITY_UPDATED, record, tell
from orchestration.tasks.models import Task, TaskRun
from orchestration.tasks.moves import Moves
from orchestration.tasks.run_models import RunTurn, RunWait
from orchestration.tasks.types import OPEN_RUNS, Json, RunState, TaskStatus, WakeReason

REST_SECONDS = 5.0
"""After which it is looked again whether an agent was started whose run is under way: a person waits for it then."""

BUSY_SECONDS = 2.0
"""After which an agent that has its hands full is asked again: about as long as a short run takes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands before its next turn, whose number is `turn`. `agent` is who does it, and what it may see.
    `tools` None: all that there are. `chosen` is what does the thinking of the turn."""

    task_id: str
    run_id: str
    turn: int
    dataset_id: str | None
    agent: Principal
    messages: Sequence[Message]
    tools: Sequence[str] | None
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class RunProgress:
    """Rows are always taken in one order, the task and then its job, as those do who call a run off."""

    jobs: JobQueue
    moves: Moves
    agency: Agency
    answering: Answering
    effects: Effects
    passages: PassageTexts
    adapters: Adapters
    bounds: Bounds
    clock: Clock

    def standing(self, session: Session, claim: Claim) -> Standing | None:
        """Begins the run, or takes it up where it was left. None where there is nothing to go on with, and then the job
        is ended: somebody called the task off, gave the agent to a program elsewhere, or the bounds are reached. Or it
        is put off, while the agent rests or has its hands full. Raises what keeps the agent from being run."""
        task, run = self._held(session, claim)
        config = self.agency.agents.config(session, task.tenant_id, task.assignee_id or "")
        if config is None or config.adapter is AdapterType.OUTSIDE:
            self._hand_out(session, claim, task, run)
            return None
        if self._waits(session, claim, task, run, config=config):
            return None
        if not _goes_on(task, run):
            self._leave(session, claim, run)
            return None
        turns = turns_of(session, run.id)
        if _is_approved(task, run) and not turns:
            self.answering.end(session, task, run)
            self.jobs.complete(session, claim)
            return None
        seconds = _shorter(config.timeout_seconds, task.max_duration_seconds)
        bounds = self.bounds.narrowed(config.max_turns, seconds, config.max_cost_usd)
        if self._is_spent(session, claim, turns, bounds, cost_usd=task.cost_usd):
            return None
        chosen = self.adapters.choose(session, task.tenant_id, config, _left(bounds, turns, task))
        agent, before = self.agency.principal(session, task), repository.output(session, task)
        said = inputs_of(session, task.id)
        before_text = None if before is None else before.text
        messages = messages_of(task, run.id, turns, said, before=before_text, system=config.prompt)
        return Standing(task.id, run.id, len(turns) + 1, task.dataset_id, agent, messages, config.tools, chosen)

    def add(self, session: Session, claim: Claim, turn: Turn, answer: Checked | None) -> bool:
        """Writes a finished turn with what it changes; with an answer, the run is over, and its task done or up for
        review. Whether it goes on. A turn that was finished after the task was halted or called off is let go."""
        task, run = self._held(session, claim)
        if not _goes_on(task, run):
            self._leave(session, claim, run)
            return False
        number = runs.turns_count(session, run.id) + 1
        turn, waiting = self._happen(session, task, turn)
        self._write(session, task, run, turn, number)
        self._tell(session, task, run, turn, number)
        if waiting is not None:
            self._wait(session, run, waiting, number)
            self.jobs.complete(session, claim)
            return False
        if answer is None:
            progress = Progress("turns", number, self.bounds.turns)
            self.jobs.hold(session, claim, progressed=True, progress=progress)
            return True
        self.answering.answer(session, task, run, answer)
        self.jobs.complete(session, claim)
        return False

    def count(self, session: Session, claim: Claim, tokens: TokensUsed, cost_usd: float | None) -> None:
        """What a reply has used that went wrong: no turn comes of it, and it is to be paid for."""
        task, run = self._held(session, claim)
        _spend(task, run, tokens, cost_usd)

    def fail(self, session: Session, claim: Claim, error: str, state: RunState = RunState.FAILED) -> None:
        """Ends the run and its job for a reason that trying again by itself would not change."""
        self.mark_failed(session, claim, error, state)
        self.jobs.fail(session, claim, error)

    def put_off(self, session: Session, claim: Claim, error: str, *, seconds: float) -> None:
        """The server of the model asked for it: that counts as no attempt."""
        self._rows(session, claim)
        self.jobs.postpone(session, claim, error, seconds=seconds)

    def try_again(self, session: Session, claim: Claim, error: str) -> None:
        """Later, and not for ever: after the job's last attempt the run has failed."""
        self._rows(session, claim)
        if self.jobs.retry(session, claim, error) is JobState.DEAD:
            self.mark_failed(session, claim, error)

    def mark_failed(self, session: Session, claim: Claim, error: str, state: RunState = RunState.FAILED) -> None:
        """As `fail`, for a job that has ended by itself."""
        task, run = self._rows(session, claim)
        if run.state not in OPEN_RUNS:
            return
        now = self.clock.now()
        runs.end(session, run, state, at=now, error=error)
        self.agency.agents.note(session, task.tenant_id, task.assignee_id or "", error, at=now)
        if task.status in {TaskStatus.ASSIGNED, TaskStatus.IN_PROGRESS}:
            self.moves.move(session, task, TaskStatus.FAILED, self.agency.actor(session, task), error=error)

    def _held(self, session: Session, claim: Claim) -> tuple[Task, TaskRun]:
        rows = self._rows(session, claim)
        self.jobs.hold(session, claim)
        return rows

    @staticmethod
    def _rows(session: Session, claim: Claim) -> tuple[Task, TaskRun]:
        try:
            task = repository.hold(session, claim.text("task_id"))
        except TaskIsNotThere as error:  # and its job with it
            raise LeaseLost(f"job {claim.id} ({claim.kind}): {error.message}") from error
        return task, session.get_one(TaskRun, claim.text("run_id"), populate_existing=True)

    def _begin(self, session: Session, task: Task, run: TaskRun, model: str) -> None:
        run.state, run.model = RunState.RUNNING, model
        actor, kind = self.agency.actor(session, task), "run_started"
        if runs.turns_count(session, run.id):  # it has waited, for days perhaps
            kind = "run_resumed"
            self.passages.forget(session, self.agency.principal(session, task), run.id)
        self.moves.move(session, task, TaskStatus.IN_PROGRESS, actor)
        record(session, task, kind, actor, at=self.clock.now(), data={"runId": run.id, "model": model})

    def _hand_out(self, session: Session, claim: Claim, task: Task, run: TaskRun) -> None:
        """A run that has not begun waits for whoever does that agent's tasks now."""
        if run.state == RunState.RUNNING:
            self.fail(session, claim, f"agent {task.assignee_id} is not run here any more; try the task again")
        else:
            self.jobs.complete(session, claim)

    def _waits(self, session: Session, claim: Claim, task: Task, run: TaskRun, *, config: AgentConfig) -> bool:
        """Whether the agent was paused or stopped, or has its hands full. Else a run that has not begun does so."""
        is_new = run.state == RunState.QUEUED and task.status == TaskStatus.ASSIGNED
        if config.state is not AgentState.STARTED and (is_new or _goes_on(task, run)):
            self._rest(session, claim, config.role, is_new=is_new)
            return True
        if not is_new:
            return False
        in_turn(session, task.tenant_id, config.role)
        under_way = running(session, task.tenant_id).get(config.role, 0)
        if under_way >= config.concurrency:
            busy = f"agent {config.role} has {under_way} runs under way, and may have {config.concurrency}"
            self.jobs.postpone(session, claim, busy, seconds=BUSY_SECONDS)
            return True
        self._begin(session, task, run, self.adapters.model_of(config))
        return False

    def _rest(self, session: Session, claim: Claim, role: str, *, is_new: bool) -> None:
        """A run that has not begun waits as a row, which `RunWatch` finds once the agent is started; one that is under
        way is put off where it is."""
        if is_new:
            self.jobs.complete(session, claim)
        else:
            rest = f"agent {role} was paused or stopped; the run goes on once it is started"
            self.jobs.postpone(session, claim, rest, seconds=REST_SECONDS)

    def _leave(self, session: Session, claim: Claim, run: TaskRun) -> None:
        """A run that waits goes on when what it waits for is there."""
        if run.state in {RunState.QUEUED, RunState.RUNNING}:
            runs.end(session, run, RunState.CANCELLED, at=self.clock.now())
        self.jobs.complete(session, claim)

    def _is_spent(
        self, session: Session, claim: Claim, turns: Sequence[Turn], bounds: Bounds, *, cost_usd: float
    ) -> bool:
        seconds = sum(turn.seconds for turn in turns)
        if len(turns) >= bounds.turns:
            self.fail(session, claim, f"no answer after {len(turns)} turns, and a run may take {bounds.turns}")
        elif seconds >= bounds.seconds:
            error = f"no answer after {seconds:.0f} seconds, and a run may take {bounds.seconds:.0f}"
            self.fail(session, claim, error, RunState.TIMEOUT)
        elif bounds.cost_usd is not None and cost_usd > bounds.cost_usd:
            error = f"no answer for {cost_usd:.4f} US dollars, and the task may cost {bounds.cost_usd:.4f}"
            self.fail(session, claim, error)
        else:
            return False
        return True

    def _happen(self, session: Session, task: Task, turn: Turn) -> tuple[Turn, Waiting | None]:
        if all(one.result is not None for one in turn.called):
            return turn, None
        config = self.agency.agents.config(session, task.tenant_id, task.assignee_id or "")
        doing = Doing(session, task, self.agency.actor(session, task), self.agency.principal(session, task))
        if config is None or not self.agency.may_see(session, doing.principal, task):
            return self.effects.happen(doing, turn, ())
        return self.effects.happen(doing, turn, config.tools)

    def _wait(self, session: Session, run: TaskRun, waiting: Waiting, number: int) -> None:
        """As a row, and not as a process: whoever settles it has the run go on."""
        run.state = RunState.WAITING
        session.add(
            RunWait(
                run_id=run.id,
                turn=number,
                call_id=waiting.call_id,
                tenant_id=run.tenant_id,
                task_id=run.task_id,
                kind=waiting.what.kind,
                ref_id=waiting.what.ref_id,
                created_at=self.clock.now(),
            )
        )
        session.flush()

    def _write(self, session: Session, task: Task, run: TaskRun, turn: Turn, number: int) -> None:
        text, calls = row_of(turn)
        session.add(
            RunTurn(
                run_id=run.id,
                number=number,
                tenant_id=run.tenant_id,
                text=text,
                calls=calls,
                input_tokens=turn.tokens.input,
                output_tokens=turn.tokens.output,
                cost_usd=turn.cost_usd,
                seconds=turn.seconds,
                at=self.clock.now(),
            )
        )
        _spend(task, run, turn.tokens, turn.cost_usd)

    def _tell(self, session: Session, task: Task, run: TaskRun, turn: Turn, number: int) -> None:
        calls: list[Json] = [{"tool": one.call.name, "arguments": dict(one.call.arguments)} for one in turn.called]
        data: dict[str, Json] = {"runId": run.id, "turn": number, "calls": calls, "costUsd": turn.cost_usd}
        if turn.tokens.is_estimated:
            data["isEstimated"] = True
        now = self.clock.now()
        record(session, task, "turn_finished", self.agency.actor(session, task), at=now, data=data)
        about: dict[str, Json] = {"status": task.status, "runId": run.id, "turn": number}
        tell(session, task, ACTIVITY_UPDATED, at=now, data=about)


def _spend(task: Task, run: TaskRun, tokens: TokensUsed, cost_usd: float | None) -> None:
    run.input_tokens += tokens.input
    run.output_tokens += tokens.output
    run.cost_usd += cost_usd or 0.0
    task.cost_usd += cost_usd or 0.0


def _left(bounds: Bounds, turns: Sequence[Turn], task: Task) -> Left:
    seconds = bounds.seconds - sum(turn.seconds for turn in turns)
    return Left(seconds, None if bounds.cost_usd is None else bounds.cost_usd - task.cost_usd)


def _shorter(one: float | None, other: float | None) -> float | None:
    """None is no bound."""
    return min((bound for bound in (one, other) if bound is not None), default=None)


def _is_approved(task: Task, run: TaskRun) -> bool:
    """A person has approved what the run before this one brought: nothing is left to be done but to say so."""
    return task.needs_review and task.output_id is not None and run.wake_reason == WakeReason.REVIEW_APPROVED


def _goes_on(task: Task, run: TaskRun) -> bool:
    return task.status == TaskStatus.IN_PROGRESS and run.state == RunState.RUNNING
