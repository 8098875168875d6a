"""Processes that answer in conversations, and processes in which people talk, for whoever kills them: the real worker
and the real services, with a model that follows a plan.

What is asked is the plan of its answer. What people were told, each process writes down as it is told.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sqlalchemy import select

from identity.keys import AccessKeys
from identity.types import Principal
from kit.errors import CairnError
from kit.jobs.models import Job
from kit.jobs.types import UNFINISHED
from kit.pagination import PageRequest
from orchestration.chat.jobs import QUEUE
from orchestration.chat.types import Asked, MessageState, MessageView, NewMessage
from orchestration.runs.adapters.errors import ModelIsBusy, ModelRefused
from orchestration.runs.types import Bounds, Message, ReplyPart, Role, TextDelta, TokensUsed, ToolCall, ToolSpec
from orchestration.worker.worker import Lane, Tick, Worker
from tests.faults.agents_at_work import Shop
from tests.unit.orchestration.chat.room import Library, Talk, talking
from tests.unit.orchestration.runs.thinking import adapters_of

METALS = ("copper", "iron", "brass", "steel", "silver", "tin")
NOBODY_SAID = "It was made on the moon."
REFUSAL = ModelRefused.code

_THINKING_SECONDS = 0.03
_EVERY_SECONDS = 0.1
_BUSY = 0.02
"""Share of replies for which the model's server asks to come back."""

_PATIENCE_SECONDS = 3.0
_ANEW, _LEAVES, _DELETES, _CALLS_OFF = 0.3, 0.2, 0.03, 0.03
"""Shares of questions that begin a conversation, that nobody waits for, and of conversations and answers that end."""


@dataclass(frozen=True)
class Plan:
    """Searches for each of `metals`, one a turn, and quotes what it found; the last `invented` of them are quotes of
    what no passage says. `is_refused`: the model refuses instead."""

    metals: Sequence[str]
    invented: int = 0
    is_refused: bool = False

    @classmethod
    def drawn(cls, chosen: random.Random) -> Plan:
        metals = chosen.sample(METALS, chosen.randint(1, 4))
        return cls(metals, chosen.randint(0, len(metals)), chosen.random() < 0.1)

    @classmethod
    def of(cls, text: str) -> Plan:
        return cls(**json.loads(text))

    @property
    def text(self) -> str:
        return json.dumps(asdict(self))

    @property
    def turns(self) -> int:
        return len(self.metals) + 1

    def is_true(self, number: int) -> bool:
        return number < len(self.metals) - self.invented


def passage_of(metal: str) -> str:
    return f"The {metal} oven was made in Turin."


def library_of(tenant: str) -> Library:
    return Library(
        files={"kitchen": {"ovens": [passage_of(one) for one in METALS]}},
        roles={"kitchen": ["researcher"]},
        tenant=tenant,
    )


@dataclass(frozen=True)
class Recited:
    """Takes a moment for each reply, in which it may be killed. What it says comes from what its tools told."""

    model = "recited"
    writes_freely = True

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Iterator[ReplyPart]:
        said = [one for one in messages if not one.is_earlier]
        plan = Plan.of(next(one.text for one in said if one.role is Role.USER))
        results = [json.loads(one.text) for one in said if one.role is Role.TOOL]
        time.sleep(random.uniform(0, _THINKING_SECONDS))  # noqa: S311 - moments, no secrets
        if random.random() < _BUSY:  # noqa: S311 - as above
            raise ModelIsBusy("come back later", retry_after=0.1)
        if len(results) < len(plan.metals):
            yield ToolCall(f"c{len(results)}", "search", {"query": plan.metals[len(results)]})
        elif plan.is_refused:
            raise ModelRefused("not this one")
        else:
            yield from (TextDelta(_line(plan, number, found)) for number, found in enumerate(results))
        yield TokensUsed(10, 2)


def _line(plan: Plan, number: int, found: Mapping[str, Any]) -> str:
    hit = found["passages"][0]
    quote = hit["text"] if plan.is_true(number) else NOBODY_SAID
    return f"“{quote}” [cite:{hit['citation']}]\n"


def expected_text(plan: Plan, library: Library) -> str:
    """What is to be read in the end, with its citations checked."""
    lines = []
    for number, metal in enumerate(plan.metals):
        key = library.key(passage_of(metal))
        is_true = plan.is_true(number)
        quote, mark = (passage_of(metal), "cite") if is_true else (NOBODY_SAID, "unsupported")
        lines.append(f"“{quote}” [{mark}:{key}]\n")
    return "".join(lines)


@dataclass(frozen=True)
class Told:
    """A file that outlives whoever writes in it: what people did and were told, a line for each, and in which
    process."""

    path: Path

    def write(self, what: str, **said: str) -> None:
        line = json.dumps({"what": what, "by": str(os.getpid()), **said}) + "\n"
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)

    def has_word_of(self, pid: int | None) -> bool:
        return any(line["by"] == str(pid) for line in self.lines())

    def lines(self) -> Sequence[Mapping[str, str]]:
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text().splitlines()]


@contextmanager
def _at(url: str, tenant: str) -> Iterator[tuple[Shop, Talk]]:
    shop = Shop.at(url)
    with talking(shop, library_of(tenant), adapters_of(Recited()), Bounds(turns=50, seconds=600)) as talk:
        yield shop, talk


def answer(url: str, tenant: str) -> None:
    """A worker, until it is killed."""
    with _at(url, tenant) as (shop, talk):
        worker = Worker(
            database=shop.database,
            queue=shop.desk.moves.queue,
            handlers=[talk.handler],
            lanes=[Lane(QUEUE, 2)],
            ticks=[
                Tick("answers", _EVERY_SECONDS, talk.watch.tick),
                Tick("doorbell", _EVERY_SECONDS, lambda: True),  # people in another process nudge nobody
            ],
        )
        worker.start()
        Event().wait()


def talk(url: str, tenant: str, key_ids: Sequence[str], told: str, seed: int) -> None:
    """A server's requests, until it is killed: a person for each key."""
    with _at(url, tenant) as (shop, services):
        for number, key_id in enumerate(key_ids):
            with shop.database.read() as session:
                who = AccessKeys(clock=shop.clock).holder(session, key_id)
            chosen = random.Random(f"{seed} {number}")  # noqa: S311 - plans and moments, no secrets
            Thread(target=Person(shop, services, who, Told(Path(told)), chosen).live, daemon=True).start()
        Event().wait()


@dataclass
class Person:
    """Asks, waits for the answer or leaves, asks on. Others of the same owner may be in the same conversation, here and
    in another process."""

    shop: Shop
    talk: Talk
    who: Principal
    told: Told
    chosen: random.Random
    own: list[str] = field(default_factory=list)

    def live(self) -> None:
        while True:
            with suppress(CairnError):  # somebody else was quicker
                self._once()

    def _once(self) -> None:
        with self.shop.database.read() as session:
            self.own = [one.id for one in self.talk.conversations.list(session, self.who, PageRequest(5)).items]
        if self.own and self.chosen.random() < _DELETES:
            self._delete(self.chosen.choice(self.own))
            return
        asked = self._ask()
        if self.chosen.random() < _CALLS_OFF:
            self._call_off(asked)
        if self.chosen.random() >= _LEAVES:
            self._wait(asked)

    def _ask(self) -> Asked:
        begins = not self.own or self.chosen.random() < _ANEW
        conversation = None if begins else self.chosen.choice(self.own)
        plan = Plan.drawn(self.chosen)
        with self.shop.database.write() as session:
            asked = self.talk.asking.ask(session, self.who, NewMessage(plan.text, conversation))
        self.told.write("asked", conversation=asked.conversation_id, question=asked.message_id, answer=asked.answer_id)
        return asked

    def _wait(self, asked: Asked) -> None:
        ends = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < ends:
            found = self._seen(asked)
            if found.state is not MessageState.PENDING:
                self.told.write("heard", conversation=found.conversation_id, answer=found.id, text=found.text)
                return
            time.sleep(0.01)

    def _seen(self, asked: Asked) -> MessageView:
        with self.shop.database.read() as session:
            return self.talk.conversations.message(session, self.who, asked.conversation_id, asked.answer_id)

    def _call_off(self, asked: Asked) -> None:
        self.told.write("calls off", answer=asked.answer_id)
        with self.shop.database.write() as session:
            wanted = select(Job).where(Job.subject == asked.answer_id, Job.state.in_(UNFINISHED))
            job = session.scalar(wanted)
            if job is not None:
                self.talk.work.cancel(session, job)

    def _delete(self, conversation: str) -> None:
        self.told.write("deletes", conversation=conversation)
        with self.shop.database.write() as session:
            self.talk.conversations.delete(session, self.who, conversation)
        self.told.write("deleted", conversation=conversation)
