"""The parts of agents' runs, from settings."""

from __future__ import annotations

from dataclasses import dataclass

from identity.audit.reads import ReadLog
from ingest.datasets.gate import Gate
from ingest.files.reading import Reading
from kit.clock import Clock
from kit.jobs.queue import JobQueue
from kit.settings import Settings
from orchestration.agents.directory import AgentDirectory
from orchestration.approvals.service import Approvals
from orchestration.engines import Engines
from orchestration.runs.handler import RunHandler
from orchestration.runs.progress import RunProgress
from orchestration.runs.tools import ReadAroundTool, SearchTool, Toolbox
from orchestration.runs.types import Bounds
from orchestration.runs.work import RunWork
from orchestration.searching import Searching
from orchestration.tasks.moves import Moves
from orchestration.thinking import make_adapters


@dataclass(frozen=True, slots=True)
class Runs:
    """What the worker runs, and what happens where a person takes a hand in its jobs."""

    handler: RunHandler
    work: RunWork


def make_runs(
    settings: Settings,
    clock: Clock,
    engines: Engines,
    *,
    queue: JobQueue,
    gate: Gate,
    searching: Searching,
    reads: ReadLog,
) -> Runs:
    database, agents = engines.database, AgentDirectory()
    moves = Moves(queue=queue, agents=agents, clock=clock)
    search = SearchTool(searching.search, searching.recorder, gate, database)
    bounds = Bounds(settings.agent_run_turns, settings.agent_run_seconds)
    handler = RunHandler(
        database=database,
        jobs=queue,
        progress=RunProgress(
            jobs=queue,
            moves=moves,
            approvals=Approvals(names=gate, moves=moves, clock=clock),
            agents=agents,
            adapters=make_adapters(settings, engines.secrets),
            bounds=bounds,
            clock=clock,
        ),
        toolbox=Toolbox([search, ReadAroundTool(Reading(gate=gate), database)]),
        citations=searching.citations,
        reads=reads,
        clock=clock,
    )
    return Runs(handler, RunWork(moves, queue))
