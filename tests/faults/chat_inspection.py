"""What the rows say after workers and servers were killed in the middle of conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kit.db.database import Database
from kit.events.models import Event
from kit.jobs.models import Job
from kit.jobs.types import UNFINISHED
from orchestration.chat.events import MESSAGE_UPDATED
from orchestration.chat.models import ChatMessage, Conversation
from orchestration.chat.types import MessageRole, MessageState
from tests.faults.chat_at_work import REFUSAL, Plan, Told, expected_text
from tests.unit.orchestration.chat.room import Library


def violations(database: Database, told: Told, library: Library) -> Sequence[str]:
    """A sentence for each."""
    account = Account.of(told.lines())
    with database.read() as session:
        return [
            *_stuck(session),
            *_torn(session),
            *_answers(session, account, library),
            *_events(session),
            *_promises(session, account),
        ]


@dataclass(frozen=True)
class Account:
    """What people did and were told: ids of answers to those of their conversation and question, texts by answer."""

    asked: Mapping[str, tuple[str, str]]
    heard: Mapping[str, str]
    called_off: frozenset[str]
    deletes: frozenset[str]
    deleted: frozenset[str]

    @classmethod
    def of(cls, lines: Sequence[Mapping[str, str]]) -> Account:
        def those(what: str) -> list[Mapping[str, str]]:
            return [one for one in lines if one["what"] == what]

        return cls(
            {one["answer"]: (one["conversation"], one["question"]) for one in those("asked")},
            {one["answer"]: one["text"] for one in those("heard")},
            frozenset(one["answer"] for one in those("calls off")),
            frozenset(one["conversation"] for one in those("deletes")),
            frozenset(one["conversation"] for one in those("deleted")),
        )


def _stuck(session: Session) -> Iterator[str]:
    for row in session.scalars(select(ChatMessage).where(ChatMessage.state == MessageState.PENDING)):
        yield f"conversation {row.conversation_id} waits for its answer {row.id} for ever"
    for job in session.scalars(select(Job).where(Job.state.in_(UNFINISHED))):
        yield f"job {job.id} of message {job.subject} is {job.state} for ever"


def _torn(session: Session) -> Iterator[str]:
    """Conversations in which not each question is followed by one answer."""
    for row in session.scalars(select(Conversation)):
        wanted = select(ChatMessage).where(ChatMessage.conversation_id == row.id).order_by(ChatMessage.number)
        said = session.scalars(wanted).all()
        roles = [MessageRole.USER, MessageRole.ASSISTANT] * (len(said) // 2)
        if [one.number for one in said] != list(range(1, row.messages_count + 1)):
            yield f"conversation {row.id} counts {row.messages_count} and has {[one.number for one in said]}"
        if [one.role for one in said] != roles:
            yield f"conversation {row.id} is not question and answer in turn: {[one.role for one in said]}"
    orphans = select(ChatMessage.id).where(ChatMessage.conversation_id.not_in(select(Conversation.id)))
    yield from (f"message {one} is in no conversation" for one in session.scalars(orphans))


def _answers(session: Session, account: Account, library: Library) -> Iterator[str]:
    """Each as it was planned, whatever was killed meanwhile: no turn twice, every citation held against the passage."""
    for answer, question in _pairs(session):
        plan = Plan.of(question.content)
        if answer.state == MessageState.FAILED:
            expected = {REFUSAL} if plan.is_refused else set()
            if answer.error_code not in expected | ({"CANCELLED"} if answer.id in account.called_off else set()):
                yield f"answer {answer.id} has failed with {answer.error_code}: {answer.error}"
        elif answer.state == MessageState.COMPLETE:
            yield from _answered(answer, plan, library)
        if answer.turns:
            yield f"answer {answer.id} is over and keeps {len(answer.turns)} turns"


def _answered(answer: ChatMessage, plan: Plan, library: Library) -> Iterator[str]:
    if plan.is_refused:
        yield f"answer {answer.id} is there, and the model refused it"
    if answer.content != expected_text(plan, library):
        yield f"answer {answer.id} says {answer.content!r}, and should say {expected_text(plan, library)!r}"
    supported = [one["supported"] for one in answer.sources]
    if supported != [plan.is_true(number) for number in range(len(plan.metals))]:
        yield f"answer {answer.id} has citations that are {supported}, by the plan {plan}"
    if (answer.turns_count, answer.input_tokens) != (plan.turns, 10 * plan.turns):
        yield f"answer {answer.id} took {answer.turns_count} turns and {answer.input_tokens} tokens by the plan {plan}"


def _events(session: Session) -> Iterator[str]:
    told = Counter(one["messageId"] for one in session.scalars(select(Event.data).where(Event.type == MESSAGE_UPDATED)))
    for answer, _ in _pairs(session):
        if told[answer.id] != (answer.state != MessageState.PENDING):
            yield f"those who wait for answer {answer.id} were told {told[answer.id]} times"


def _promises(session: Session, account: Account) -> Iterator[str]:
    """What a person was told once holds."""
    rows = {row.id: row for row in session.scalars(select(ChatMessage))}
    there = set(session.scalars(select(Conversation.id)))
    for answer_id, (conversation, question) in account.asked.items():
        answer = rows.get(answer_id)
        if conversation not in account.deletes and (answer is None or question not in rows):
            yield f"message {question} was taken and is lost"
        if answer is not None and answer_id in account.heard and account.heard[answer_id] != answer.content:
            yield f"answer {answer_id} was told as {account.heard[answer_id]!r} and is {answer.content!r}"
    yield from (f"conversation {one} was deleted and is there" for one in account.deleted & there)


def _pairs(session: Session) -> Iterator[tuple[ChatMessage, ChatMessage]]:
    """Answers with their questions."""
    rows = session.scalars(select(ChatMessage)).all()
    by_place = {(row.conversation_id, row.number): row for row in rows}
    for row in rows:
        question = by_place.get((row.conversation_id, row.number - 1))
        if row.role == MessageRole.ASSISTANT and question is not None:
            yield row, question
