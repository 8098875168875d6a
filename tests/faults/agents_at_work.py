"""A process that does agents' runs, for whoever kills it: the real worker, with a model that follows a plan.

What a task is asked is its plan: which tools are called, one a turn, before the answer.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

from ingest.datasets.gate import Gate
from kit.clock import SystemClock
from kit.db.database import Database
from kit.jobs.queue import JobQueue
from orchestration.approvals.resolving import Resolver
from orchestration.approvals.watch import ApprovalWatch
from orchestration.runs.types import Bounds, Message, ReplyPart, Role, TextDelta, TokensUsed, ToolCall, ToolSpec
from orchestration.tasks.jobs import QUEUE
from orchestration.tasks.types import Json
from orchestration.teamwork import Desk, make_desk
from orchestration.worker.worker import Lane, Tick, Worker
from tests.unit.orchestration.runs.floor import handling
from tests.unit.orchestration.runs.knowledge import Knowledge
from tests.unit.orchestration.runs.thinking import adapters_of

LEASE = timedelta(seconds=1)
"""How long nobody takes up what a killed worker had in hand."""

_THINKING_SECONDS = 0.03
_EVERY_SECONDS = 0.1

Step = tuple[str, Mapping[str, Json]]
"""A tool with its arguments."""


def asked(plan: Sequence[Step]) -> str:
    return json.dumps(plan)


def plan_of(text: str) -> Sequence[Step]:
    return [(name, arguments) for name, arguments in json.loads(text)]


@dataclass(frozen=True)
class Planned:
    """Takes a moment for each reply, in which it may be killed."""

    model = "planned"
    writes_freely = False

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Iterator[ReplyPart]:
        plan = plan_of(next(message.text for message in messages if message.role is Role.USER))
        at = sum(message.role is Role.ASSISTANT for message in messages)
        time.sleep(random.uniform(0, _THINKING_SECONDS))  # noqa: S311 - moments, no secrets
        if at < len(plan):
            name, arguments = plan[at]
            yield ToolCall(f"c{at}", name, arguments)
        else:
            yield TextDelta("Done.")
        yield TokensUsed(10, 2)


@dataclass(frozen=True)
class Shop:
    """Services of one process on a database that is there."""

    database: Database
    clock: SystemClock
    desk: Desk
    resolver: Resolver

    @classmethod
    def at(cls, url: str) -> Shop:
        database, clock, gate = Database(url), SystemClock(), Gate()
        desk = make_desk(clock, gate=gate, queue=JobQueue(clock=clock, lease=LEASE))
        resolver = Resolver(names=gate, closer=desk.closer, moves=desk.moves, clock=clock, subjects={})
        return cls(database, clock, desk, resolver)


def work(url: str) -> None:
    """Until it is killed."""
    shop = Shop.at(url)
    bounds = Bounds(turns=50, seconds=600)
    with handling(shop, [], Knowledge({}, {}), adapters_of(Planned()), bounds) as handler:
        worker = Worker(
            database=shop.database,
            queue=shop.desk.moves.queue,
            handlers=[handler],
            lanes=[Lane(QUEUE, 2)],
            ticks=[
                Tick("approvals", _EVERY_SECONDS, ApprovalWatch(shop.database, shop.resolver).tick),
                Tick("runs", _EVERY_SECONDS, handler.watch.tick),
                Tick("doorbell", _EVERY_SECONDS, lambda: True),  # people in another process nudge nobody
            ],
        )
        worker.start()
        Event().wait()
