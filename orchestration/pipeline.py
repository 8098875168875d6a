"""The worker with the handlers of all kinds of job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from crawler.crawls.jobs import QUEUE as CRAWL_QUEUE
from identity.quotas import Quotas
from ingest.datasets.gate import Gate
from ingest.doctor.doctor import Doctor
from ingest.doctor.examining import ExamineHandler
from ingest.doctor.tidying import TidyHandler
from ingest.files.jobs import DEFAULT_QUEUE, EMBED_QUEUE, PARSE_QUEUE
from ingest.files.ports import CommonLines
from ingest.files.service import Files
from ingest.files.uploads import Uploads
from ingest.pipeline.build import BuildBook
from ingest.pipeline.embedding import EmbedHandler
from ingest.pipeline.parsing import ParseHandler
from ingest.pipeline.refreshing import RefreshHandler
from ingest.pipeline.removal import Belongings, DatasetRemoval, FileRemoval
from ingest.pipeline.sweeping import SweepHandler
from ingest.pipeline.switching import Switch, SwitchHandler
from ingest.pipeline.unpacking import UnpackHandler
from kit.clock import Clock
from kit.db.database import Database
from kit.jobs.queue import NEW_WORK, JobQueue
from kit.schedules.scheduler import Scheduler
from kit.settings import Settings
from orchestration.chat.jobs import QUEUE as CHAT_QUEUE
from orchestration.chatting import Chat
from orchestration.crawling import Crawling
from orchestration.engines import Engines, parse_bounds, parse_limits, parse_options
from orchestration.model_changes import Remodelling
from orchestration.nudging import Nudger
from orchestration.running import Runs
from orchestration.tasks.jobs import QUEUE as AGENTS_QUEUE
from orchestration.teamwork import Teamwork
from orchestration.worker.worker import Lane, Tick, Worker
from retrieval.golden.evaluating import EvaluateHandler
from retrieval.golden.jobs import QUEUE as EVALUATE_QUEUE

_PRUNING_SECONDS = 3600.0


def make_worker(
    settings: Settings,
    clock: Clock,
    engines: Engines,
    *,
    queue: JobQueue,
    gate: Gate,
    switch: Switch,
    doctor: Doctor,
    crawling: Crawling,
    evaluate: EvaluateHandler,
    remodelling: Remodelling,
    teamwork: Teamwork,
    uploads: Uploads,
    kept: Files,
    runs: Runs,
    chat: Chat,
    nudger: Nudger | None = None,
) -> Worker:
    """One thread embeds: it has the model's turn anyway, and gives it up between batches. Each that parses waits for a
    child."""
    database, store, files = engines.database, engines.store, engines.files
    book = BuildBook(gate=gate, queue=queue, clock=clock)
    parse = _parse(settings, engines, queue=queue, book=book, quotas=uploads.quotas, common_lines=crawling.common_lines)
    belongings: list[Belongings] = [crawling.belongings, *teamwork.belongings]
    upkeep = (
        EmbedHandler(database=database, jobs=queue, book=book, store=store, models=engines.models),
        _unpack(settings, engines, queue=queue, uploads=uploads, kept=kept),
        RefreshHandler(database=database, jobs=queue, gate=gate, store=store, models=engines.models),
        SwitchHandler(database=database, jobs=queue, switch=switch),
        SweepHandler(database=database, jobs=queue, gate=gate, store=store, files=files),
        FileRemoval(database=database, jobs=queue, gate=gate, store=store, files=files),
        DatasetRemoval(database=database, jobs=queue, gate=gate, store=store, files=files, belongings=belongings),
        TidyHandler(database=database, jobs=queue, doctor=doctor),
        *remodelling.handlers,
        ExamineHandler(database=database, jobs=queue, doctor=doctor, clock=clock),
    )
    worker = Worker(
        database=database,
        queue=queue,
        handlers=(parse, *upkeep, crawling.handler, evaluate, runs.handler, chat.handler),
        lanes=() if settings.queue_url is not None else _lanes(settings),
        ticks=(
            _schedules(settings, database, clock, crawling, teamwork),
            *_watches(settings, teamwork, runs, chat),
            _old_jobs(database, queue, clock, keep=timedelta(days=settings.job_days)),
        ),
        tell_others=nudger.nudge if nudger else None,
    )
    database.after_commit(partial(_wake, worker))
    return worker


def _parse(
    settings: Settings,
    engines: Engines,
    *,
    queue: JobQueue,
    book: BuildBook,
    quotas: Quotas | None,
    common_lines: CommonLines,
) -> ParseHandler:
    return ParseHandler(
        database=engines.database,
        jobs=queue,
        book=book,
        store=engines.files,
        sandbox=engines.sandbox,
        countings=engines.countings,
        options=parse_options(settings),
        bounds=parse_bounds(settings),
        quotas=quotas,
        common_lines=common_lines,
    )


def _wake(worker: Worker, session: Session) -> None:
    """A crawl or a long step leaves work for others while it goes on."""
    if session.info.pop(NEW_WORK, False):
        worker.nudge()


def _unpack(settings: Settings, engines: Engines, *, queue: JobQueue, uploads: Uploads, kept: Files) -> UnpackHandler:
    return UnpackHandler(
        database=engines.database,
        jobs=queue,
        store=engines.files,
        sandbox=engines.sandbox,
        uploads=uploads,
        files=kept,
        limits=parse_limits(settings),
    )


def _schedules(settings: Settings, database: Database, clock: Clock, crawling: Crawling, teamwork: Teamwork) -> Tick:
    scheduler = Scheduler(database=database, clock=clock, kinds=[crawling.scheduled, *teamwork.scheduled])
    return Tick("schedules", settings.schedule_seconds, scheduler.tick)


def _watches(settings: Settings, teamwork: Teamwork, runs: Runs, chat: Chat) -> Sequence[Tick]:
    ticks = {
        "approvals": teamwork.watch.tick,
        "edits": teamwork.edits.tick,
        "runs": runs.watch.tick,
        "answers": chat.watch.tick,
    }
    return [Tick(name, settings.schedule_seconds, tick) for name, tick in ticks.items()]


def _old_jobs(database: Database, queue: JobQueue, clock: Clock, *, keep: timedelta) -> Tick:
    def forget() -> None:
        """A thousand at a time, so that nobody waits long for the table."""
        more = True
        while more:
            with database.write() as session:
                more = queue.prune(session, before=clock.now() - keep) > 0

    return Tick("old-jobs", _PRUNING_SECONDS, forget)


def _lanes(settings: Settings) -> tuple[Lane, ...]:
    """For a server that does the work itself; elsewhere there are processes that are told when to take a turn."""
    return (
        Lane(PARSE_QUEUE, settings.parse_workers),
        Lane(EMBED_QUEUE, 1),
        Lane(DEFAULT_QUEUE, 1),
        Lane(CRAWL_QUEUE, settings.crawl_workers),
        Lane(EVALUATE_QUEUE, 1),
        Lane(AGENTS_QUEUE, settings.agent_workers),
        Lane(CHAT_QUEUE, settings.chat_workers),
    )
