"""An answer as rows: a turn further, there, or failed. Each method is one transaction's worth, with the job held."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from identity.types import Principal
from kit.clock import Clock
from kit.errors import CairnError
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim, JobState, Progress
from orchestration.agents.directory import AgentDirectory
from orchestration.chat import repository
from orchestration.chat.answerer import answerer_of
from orchestration.chat.context import Background, Contexts
from orchestration.chat.ending import fail_by_id, finish
from orchestration.chat.errors import AnswerTookTooLong
from orchestration.chat.models import ChatMessage, Conversation
from orchestration.chat.readers import Readers
from orchestration.chat.thread import MOST_MESSAGES, history_of, is_shown, system_of, told_in
from orchestration.chat.turns import keep, told_chunks, told_files, turns_of
from orchestration.chat.types import Context, MessageState
from orchestration.runs.adapters.choosing import Adapters, Chosen
from orchestration.runs.adapters.errors import ModelIsBusy
from orchestration.runs.citations import Checked
from orchestration.runs.types import Bounds, Left, Message, Role, TokensUsed, Turn

LONGEST_WAIT = timedelta(minutes=5)
"""For a model whose server asks for patience: nobody waits longer for an answer in a conversation."""


class Readable(Protocol):
    def readable(self, session: Session, principal: Principal, chunk_ids: Collection[str]) -> frozenset[str]: ...

    def readable_files(self, session: Session, principal: Principal, file_ids: Collection[str]) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an answer stands before its next turn, with `kept` behind it. `earlier` are files that the answers before
    it draw on, as far as the model was told of them."""

    kept: int
    asker: Principal
    reader: Principal
    messages: Sequence[Message]
    tools: Sequence[str] | None
    chosen: Chosen
    earlier: frozenset[str]


@dataclass(frozen=True, slots=True)
class AnswerProgress:
    """Rows are always taken in one order, the conversation and then the job, as those do who delete it."""

    jobs: JobQueue
    agents: AgentDirectory
    readers: Readers
    contexts: Contexts
    readable: Readable
    adapters: Adapters
    bounds: Bounds
    clock: Clock

    def standing(self, session: Session, claim: Claim) -> Standing | None:
        """None where there is nothing to answer any more, and then the job is ended. Raises what keeps it from being
        answered."""
        found = self._held(session, claim)
        if found is None:
            self.jobs.complete(session, claim)
            return None
        conversation, message = found
        config = answerer_of(session, self.agents, conversation)
        *before, question = [
            one
            for one in repository.messages(session, conversation.id, newest=MOST_MESSAGES + 2)
            if one.number < message.number
        ]
        asker, background, reader = self._seen_by(session, conversation, question)
        turns = self._kept_turns(session, reader, message)
        bounds = self.bounds.narrowed(config.max_turns, config.timeout_seconds, config.max_cost_usd)
        _check(message, bounds)
        chosen = self.adapters.choose(session, conversation.tenant_id, config, _left(bounds, message))
        message.model = self.adapters.model_of(config)
        files = frozenset(file for one in before for file in one.files)
        readable = self.readable.readable_files(session, reader, files)
        memories = repository.memories(session, conversation.tenant_id, conversation.owner_id)
        messages = [
            system_of(config.prompt, [one.content for one in memories], background.text),
            *history_of(before, readable),
            Message(Role.USER, question.content),
            *told_in(turns),
        ]
        shown = frozenset(file for one in before if is_shown(one, readable) for file in one.files)
        return Standing(len(turns), asker, reader, messages, config.tools, chosen, shown)

    def add(self, session: Session, claim: Claim, standing: Standing, turn: Turn, answer: Checked | None) -> bool:
        """Writes a finished turn; with an answer, it is there. Whether it goes on: it begins anew where a passage that
        it was told of is not the asker's to read any more."""
        found = self._held(session, claim)
        if found is None:
            self.jobs.complete(session, claim)
            return False
        conversation, message = found
        _spend(message, turn.tokens, turn.cost_usd, turn.seconds)
        message.turns_count += 1
        question = repository.messages(session, conversation.id, newest=2)[0]
        reader = self._seen_by(session, conversation, question)[2]
        turns = self._kept_turns(session, reader, message)
        is_whole = len(turns) == standing.kept
        if answer is None or not is_whole:
            if is_whole:
                keep(message, turn)
            self.jobs.hold(session, claim, progressed=True, progress=_progress(message, self.bounds))
            return True
        cited = frozenset(one.file_id for one in answer.sources if one.file_id is not None)
        drawn = cited
        if standing.chosen.adapter.writes_freely:  # it may say in its own words what it does not cite
            drawn |= told_files(turns) | standing.earlier
        finish(session, conversation, message, answer, files=drawn, at=self.clock.now())
        self.jobs.complete(session, claim)
        return False

    def count(self, session: Session, claim: Claim, tokens: TokensUsed, cost_usd: float | None) -> None:
        """What a reply has used that went wrong."""
        found = self._held(session, claim)
        if found is not None:
            _spend(found[1], tokens, cost_usd, 0.0)

    def fail(self, session: Session, claim: Claim, error: CairnError) -> None:
        """For a reason that trying again by itself would not change."""
        self.mark_failed(session, claim, error.code, error.message)
        self.jobs.fail(session, claim, error.message)

    def put_off(self, session: Session, claim: Claim, error: ModelIsBusy) -> None:
        """The server of the model asked for it. Not for longer than a person waits."""
        found = self._held(session, claim)
        until = self.clock.now() + timedelta(seconds=error.retry_after)
        if found is not None and until - found[1].created_at > LONGEST_WAIT:
            self.fail(session, claim, error)
        else:
            self.jobs.postpone(session, claim, error.message, seconds=error.retry_after)

    def try_again(self, session: Session, claim: Claim, error: CairnError) -> None:
        """Later, and not for ever."""
        self._held(session, claim)
        if self.jobs.retry(session, claim, error.message) is JobState.DEAD:
            self.mark_failed(session, claim, error.code, error.message)

    def mark_failed(self, session: Session, claim: Claim, code: str, error: str) -> None:
        """As `fail`, for a job that has ended by itself."""
        fail_by_id(
            session,
            conversation_id=claim.text("conversation_id"),
            message_id=claim.text("message_id"),
            code=code,
            error=error,
            at=self.clock.now(),
        )

    def _held(self, session: Session, claim: Claim) -> tuple[Conversation, ChatMessage] | None:
        """None where it was deleted, or is over."""
        conversation = repository.held(session, claim.text("conversation_id"))
        message = repository.message(session, claim.text("conversation_id"), claim.text("message_id"))
        self.jobs.hold(session, claim)
        if conversation is None or message is None or message.state != MessageState.PENDING:
            return None
        return conversation, message

    def _seen_by(
        self, session: Session, conversation: Conversation, question: ChatMessage
    ) -> tuple[Principal, Background, Principal]:
        asker = self.readers.asker(session, question)
        context = Context(conversation.project_id, conversation.task_id, conversation.client_id)
        background = self.contexts.of(session, asker, context)
        return asker, background, self.readers.reader(session, asker, conversation.agent_role, background)

    def _kept_turns(self, session: Session, reader: Principal, message: ChatMessage) -> Sequence[Turn]:
        """None of them where one was told of a passage that is not to be read any more."""
        turns = turns_of(message)
        chunks = told_chunks(turns)
        if chunks - self.readable.readable(session, reader, chunks):
            message.turns, turns = [], []
        return turns


def _check(message: ChatMessage, bounds: Bounds) -> None:
    """AnswerTookTooLong where one is reached."""
    if message.turns_count >= bounds.turns:
        raise AnswerTookTooLong(f"no answer after {message.turns_count} turns, and it may take {bounds.turns}")
    if message.seconds >= bounds.seconds:
        raise AnswerTookTooLong(f"no answer after {message.seconds:.0f} s, and it may take {bounds.seconds:.0f}")
    if bounds.cost_usd is not None and message.cost_usd > bounds.cost_usd:
        raise AnswerTookTooLong(
            f"no answer for {message.cost_usd:.4f} US dollars, and it may cost {bounds.cost_usd:.4f}"
        )


def _left(bounds: Bounds, message: ChatMessage) -> Left:
    usd = None if bounds.cost_usd is None else bounds.cost_usd - message.cost_usd
    return Left(bounds.seconds - message.seconds, usd)


def _spend(message: ChatMessage, tokens: TokensUsed, cost_usd: float | None, seconds: float) -> None:
    message.input_tokens += tokens.input
    message.output_tokens += tokens.output
    message.cost_usd += cost_usd or 0.0
    message.seconds += seconds


def _progress(message: ChatMessage, bounds: Bounds) -> Progress:
    return Progress("turns", message.turns_count, bounds.turns)
