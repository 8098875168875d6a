"""An office with somebody who does the runs: a scripted model with a tool to look with."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.audit.acts import note_read
from identity.audit.reads import ReadLog
from identity.audit.trail import Trail
from identity.types import Principal
from ingest.datasets.gate import Gate
from kit.clock import Clock
from kit.db.database import Database
from kit.jobs.handler import Signals
from kit.jobs.models import Job
from kit.jobs.types import Claim
from orchestration.agents.directory import AgentDirectory
from orchestration.gap_reports import GapReports
from orchestration.knowledge_gaps import KnowledgeGaps
from orchestration.running import make_effects
from orchestration.runs.adapters.choosing import Adapters
from orchestration.runs.agency import Agency
from orchestration.runs.answering import Answering
from orchestration.runs.handler import RunHandler
from orchestration.runs.passage_texts import PassageTexts
from orchestration.runs.progress import RunProgress
from orchestration.runs.tools import Tool, Toolbox
from orchestration.runs.turns import Turns
from orchestration.runs.types import Bounds, Message, ReplyPart, Role, TextDelta, TokensUsed, ToolCall, ToolSpec
from orchestration.runs.watch import RunWatch
from orchestration.runs.work import RunWork
from orchestration.tasks.jobs import QUEUE
from orchestration.tasks.run_models import RunTurn
from orchestration.tasks.types import Json, TaskDetail
from orchestration.teamwork import Desk
from retrieval.records.recorder import SearchRecorder
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office
from tests.unit.orchestration.runs.knowledge import Knowledge
from tests.unit.orchestration.runs.thinking import adapters_of

SAID = "The oven was made by Ferrante in Turin."
ASKED = "What is new?"
BOUNDS = Bounds(turns=4, seconds=60)
BUSY: Signals = Signals(stopping=lambda: True)
CALM: Signals = Signals(stopping=lambda: False)


class Killed(BaseException):
    """As kill -9: nothing of the worker runs any more."""


@dataclass
class Look:
    """A tool that counts how often it was called with what."""

    seen: list[Json] = field(default_factory=list)
    error: Exception | None = None

    spec = ToolSpec("look", "Looks", {"type": "object"})

    def run(self, principal: Principal, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        if self.error is not None:
            raise self.error
        self.seen.append(arguments["at"])
        note_read("file", "f", role=principal.agent_role or "")
        return {"found": arguments["at"]}


@dataclass
class Script:
    """Looks `looks` times, then answers, with `between` happening in the middle of it. `meanwhile` is what happens
    while a turn of that number is thought about, `calls` what the tool's stead is taken by in a turn of a task that
    asks what is new."""

    looks: int = 2
    answer: str = "Done."
    meanwhile: dict[int, Callable[[], object]] = field(default_factory=dict)
    heard: list[Sequence[Message]] = field(default_factory=list)
    between: Callable[[], object] | None = None
    calls: dict[int, Sequence[tuple[str, Mapping[str, Json]]]] = field(default_factory=dict)

    model = "script"
    writes_freely = False

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Iterator[ReplyPart]:
        assert tools[0].name == "look"
        self.heard.append(messages)
        number = 1 + sum(message.role is Role.ASSISTANT for message in messages)
        happens = self.meanwhile.pop(number, None)
        if happens is not None:
            happens()
        asked = next(message.text for message in messages if message.role is Role.USER)
        if number in self.calls and asked == ASKED:
            for place, (name, arguments) in enumerate(self.calls[number]):
                yield ToolCall(f"c{number}.{place}", name, arguments)
        elif number > self.looks:
            half = len(self.answer) // 2
            yield TextDelta(self.answer[:half])
            if self.between is not None:
                self.between()
            yield TextDelta(self.answer[half:])
        else:
            yield ToolCall(f"c{number}", "look", {"at": number})
        yield TokensUsed(10, 2)


class Everything:
    """Chunks that are all there to be read."""

    def readable(self, session: Session, principal: Principal, chunk_ids: Collection[str]) -> frozenset[str]:
        return frozenset(chunk_ids)


class Bureau(Protocol):
    """What an office has that runs need."""

    @property
    def database(self) -> Database: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def desk(self) -> Desk: ...


@dataclass
class Floor:
    """An office with somebody who does the runs."""

    office: Office
    script: Script
    look: Look
    handler: RunHandler
    work: RunWork

    def claim(self, owner: str = "w1") -> Claim:
        with self.office.database.write() as session:
            (claim,) = self.handler.jobs.claim(session, queue=QUEUE, owner=owner, limit=1)
        return claim

    def works(self, claim: Claim | None = None, signals: Signals = CALM) -> Claim:
        claim = claim or self.claim()
        self.handler.run([claim], signals)
        return claim

    def detail(self, task: str) -> TaskDetail:
        with self.office.database.read() as session:
            return self.office.desk.tasks.detail(session, self.office.admin, task)

    def timeline(self, task: str) -> list[str]:
        with self.office.database.read() as session:
            return [one.type for one in self.office.desk.tasks.timeline(session, self.office.admin, task)]

    def results(self) -> Mapping[str, Any]:
        """By call, as the script heard them before its last turn."""
        told = [message for message in self.script.heard[-1] if message.role is Role.TOOL]
        return {message.call_id or "": json.loads(message.text) for message in told}

    def turns(self) -> list[int]:
        with self.office.database.read() as session:
            return list(session.scalars(select(RunTurn.number).order_by(RunTurn.number)))

    def state(self, claim: Claim) -> str:
        with self.office.database.read() as session:
            return session.get_one(Job, claim.id).state

    def retry(self, task: str) -> None:
        with self.office.database.write() as session:
            self.office.desk.tasks.retry(session, self.office.admin, task)

    def cancel(self, claim: Claim) -> None:
        with self.office.database.write() as session:
            self.work.cancel(session, session.get_one(Job, claim.id))


@contextmanager
def handling(
    office: Bureau, tools: Sequence[Tool], knowledge: Knowledge, adapters: Adapters, bounds: Bounds = BOUNDS
) -> Iterator[RunHandler]:
    """Whoever does the office's runs."""
    database, clock, desk = office.database, office.clock, office.desk
    agency = Agency(AgentDirectory(), Gate())
    gaps = GapReports(
        KnowledgeGaps(desk.tasks), SearchRecorder(database, clock=clock, days=7), Trail(clock=clock), clock
    )
    effects = make_effects(desk, agency, clock, gaps)
    reads = ReadLog(database=database, trail=Trail(clock=clock))
    yield RunHandler(
        database=database,
        jobs=desk.moves.queue,
        progress=RunProgress(
            jobs=desk.moves.queue,
            moves=desk.moves,
            agency=agency,
            answering=Answering(desk.moves, desk.approvals, agency, clock),
            effects=effects,
            passages=PassageTexts(Everything()),
            adapters=adapters,
            bounds=bounds,
            clock=clock,
        ),
        watch=RunWatch(database, agency.agents, desk.moves, desk.interventions, clock),
        turns=Turns(Toolbox(tools, effects.specs), knowledge, reads, clock),
        clock=clock,
    )
    reads.close()


@contextmanager
def opened(database: Database, clock: FrozenClock) -> Iterator[Floor]:
    office, look, script = Office(database, clock), Look(), Script()
    knowledge = Knowledge({"kitchen": {"ovens": [SAID]}}, {"kitchen": ["researcher"]})
    with handling(office, [look], knowledge, adapters_of(script)) as handler:
        yield Floor(office, script, look, handler, RunWork(office.desk.moves, handler.jobs))
