"""The parts of agents' runs, from settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from identity.audit.reads import ReadLog
from identity.audit.trail import Trail
from identity.quotas import Quotas
from ingest.datasets.gate import Gate
from ingest.files.reading import Reading
from kit.clock import Clock
from kit.settings import Settings
from orchestration.agents.directory import AgentDirectory
from orchestration.engines import Engines
from orchestration.gap_reports import GapReports
from orchestration.runs.agency import Agency
from orchestration.runs.answering import Answering
from orchestration.runs.effects.approval import ApprovalTool
from orchestration.runs.effects.comment import CommentTool
from orchestration.runs.effects.gap import ReportGapTool
from orchestration.runs.effects.handover import HandoverTool
from orchestration.runs.effects.happening import Effects
from orchestration.runs.effects.question import QuestionTool
from orchestration.runs.file_tools import CiteTool, FetchPageTool, FetchTableTool, OutlineTool
from orchestration.runs.finding_tools import Catalogue, FindTextTool, ListDatasetsTool
from orchestration.runs.handler import RunHandler
from orchestration.runs.passage_texts import PassageTexts
from orchestration.runs.progress import RunProgress
from orchestration.runs.tools import ReadAroundTool, SearchTool, Tool, Toolbox
from orchestration.runs.turns import Turns
from orchestration.runs.types import Bounds
from orchestration.runs.watch import RunWatch
from orchestration.runs.work import RunWork
from orchestration.searching import Searching
from orchestration.teamwork import Desk, Teamwork
from orchestration.thinking import make_adapters


@dataclass(frozen=True, slots=True)
class Runs:
    """What the worker runs, what it looks after, and what happens where a person takes a hand in its jobs.
    `reading_turns` are those of whoever reads and changes nothing."""

    handler: RunHandler
    work: RunWork
    watch: RunWatch
    reading_turns: Turns


def make_runs(
    settings: Settings,
    clock: Clock,
    engines: Engines,
    teamwork: Teamwork,
    *,
    gate: Gate,
    searching: Searching,
    reads: ReadLog,
    trail: Trail,
    catalogue: Catalogue,
    quotas: Quotas,
) -> Runs:
    desk, gaps = teamwork.desk, GapReports(teamwork.gaps, searching.recorder, trail, clock)
    database, reading, queue = engines.database, Reading(gate=gate), desk.moves.queue
    agency = Agency(AgentDirectory(), gate)
    watch = RunWatch(database, agency.agents, desk.moves, desk.interventions, clock)
    effects = make_effects(desk, agency, clock, gaps)
    progress = RunProgress(
        jobs=queue,
        moves=desk.moves,
        agency=agency,
        answering=Answering(desk.moves, desk.approvals, agency, clock),
        effects=effects,
        passages=PassageTexts(reading),
        adapters=make_adapters(settings, engines.secrets),
        bounds=Bounds(settings.agent_run_turns, settings.agent_run_seconds),
        clock=clock,
    )
    search = SearchTool(searching.search, searching.recorder, gate, database)
    tools: Sequence[Tool] = [
        search,
        ReadAroundTool(reading, database),
        ListDatasetsTool(catalogue, database),
        FindTextTool(reading, gate, quotas, database),
        OutlineTool(reading, database),
        FetchPageTool(reading, database),
        FetchTableTool(reading, database),
        CiteTool(reading, database),
    ]
    handler = RunHandler(
        database=database,
        jobs=queue,
        progress=progress,
        watch=watch,
        turns=Turns(Toolbox(tools, effects.specs), searching.citations, reads, clock),
        clock=clock,
    )
    reading_turns = Turns(Toolbox(tools), searching.citations, reads, clock)
    return Runs(handler, RunWork(desk.moves, queue), watch, reading_turns)


def make_effects(desk: Desk, agency: Agency, clock: Clock, gaps: GapReports) -> Effects:
    return Effects(
        [
            CommentTool(desk.comments),
            QuestionTool(desk.blockers),
            ApprovalTool(desk.approvals, clock),
            HandoverTool(desk.tasks, agency),
            ReportGapTool(gaps, agency.names),
        ]
    )
