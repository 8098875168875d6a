"""The parts of a running Cairn, built from settings. Server and command line use the same."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from identity.accounts import Accounts
from identity.audit.log import AuditLog
from identity.audit.reads import ReadLog
from identity.audit.trail import Trail
from identity.bootstrap import ensure_first_administrator
from identity.clients import Clients
from identity.key_changes import KeyChanges
from identity.keys import AccessKeys
from identity.oidc_sign_in import OidcSignIn
from identity.organization_keys import OrganizationKeys
from identity.organizations import Organizations
from identity.quota_book import QuotaBook
from identity.quota_limits import QuotaLimits
from identity.quotas import Quotas
from identity.rates import RateLimiter
from identity.sessions import Sessions
from identity.team import Team
from identity.teams import Teams
from identity.tenants import Tenants
from identity.workspaces import Workspaces
from ingest.datasets.gate import Gate
from ingest.datasets.jobs import CHANGE_MODEL
from ingest.datasets.service import Datasets, ModelBinding
from ingest.doctor.consulting import Consulting
from ingest.doctor.doctor import Doctor
from ingest.files.builds import Builds
from ingest.files.jobs import EMBED_QUEUE, PARSE_QUEUE
from ingest.files.reading import Reading
from ingest.files.service import Files
from ingest.files.uploads import Uploads
from ingest.model_changes.service import ModelChanges
from ingest.parsers.docling.installation import REMEDY as DOCLING_REMEDY
from ingest.pipeline.switching import Switch
from ingest.reports.service import Reports
from ingest.review.searching import ChunkSearch
from ingest.review.service import Review
from ingest.settings import ChunkDefaults, UploadLimits
from ingest.work.service import KindRules, Work
from kit.clock import Clock, SystemClock
from kit.db.database import Database
from kit.errors import Unavailable
from kit.events.feed import Feed
from kit.home import Home
from kit.jobs.queue import JobQueue
from kit.mail import Mailer, make_mailer
from kit.secrets.errors import SecretKeyMissing
from kit.secrets.store import Secrets
from kit.settings import Settings
from kit.worker_lock import WorkerLock
from migrations.runner import upgrade
from orchestration.bundles import Bundles, make_bundles
from orchestration.chat.jobs import ANSWER
from orchestration.chat.work import AnswerWork
from orchestration.chatting import Chat, make_chat
from orchestration.crawling import Crawling, make_crawling
from orchestration.engines import Engines, mime_type_of, open_engines, uses_of
from orchestration.gap_reports import GapReports
from orchestration.model_changes import Remodelling, make_remodelling
from orchestration.nudging import Nudger, make_nudger
from orchestration.oidc import make_oidc
from orchestration.overview import Overview
from orchestration.pipeline import make_worker
from orchestration.running import make_runs
from orchestration.runs.work import RunWork
from orchestration.searching import Searching, make_searching
from orchestration.task_queue.service import TaskQueue
from orchestration.tasks.jobs import RUN
from orchestration.tasks.numbers import number_the_rest
from orchestration.teamwork import Teamwork, make_desk, make_teamwork
from orchestration.thinking import make_adapters
from orchestration.usage import Usage
from orchestration.worker.worker import Worker
from retrieval.embedding.protocol import Embedder
from retrieval.search.service import Search
from retrieval.stores.protocol import VectorStore

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Runtime:
    """`made_key` is the first administrator's key where one was made up just now: show it once.

    Built, it answers; `start` lets it work off jobs as well.
    """

    settings: Settings
    clock: Clock
    home: Home
    engines: Engines
    queue: JobQueue
    keys: AccessKeys
    accounts: Accounts
    organizations: Organizations
    organization_keys: OrganizationKeys
    oidc: OidcSignIn | None
    rates: RateLimiter
    quotas: Quotas
    mailer: Mailer
    trail: Trail
    reads: ReadLog
    datasets: Datasets
    files: Files
    reports: Reports
    reading: Reading
    review: Review
    chunk_search: ChunkSearch
    uploads: Uploads
    searching: Searching
    switch: Switch
    model_changes: ModelChanges
    bundles: Bundles
    doctor: Doctor
    crawling: Crawling
    teamwork: Teamwork
    chat: Chat
    worker: Worker
    worker_lock: WorkerLock
    work: Work
    feed: Feed
    nudger: Nudger | None
    made_key: str | None = field(repr=False)

    @property
    def search(self) -> Search:
        return self.searching.search

    @property
    def overview(self) -> Overview:
        return Overview(self.datasets, self.searching.activity)

    @property
    def gap_reports(self) -> GapReports:
        return GapReports(self.teamwork.gaps, self.searching.recorder, self.trail, self.clock)

    @property
    def key_changes(self) -> KeyChanges:
        return KeyChanges(clock=self.clock)

    @property
    def sessions(self) -> Sessions:
        return Sessions(clock=self.clock)

    @property
    def teams(self) -> Teams:
        return Teams(clock=self.clock)

    @property
    def workspaces(self) -> Workspaces:
        return Workspaces(clock=self.clock, keys=self.keys)

    @property
    def usage(self) -> Usage:
        return Usage(self.quotas, self.clock)

    @property
    def team(self) -> Team:
        return Team(clock=self.clock)

    @property
    def audit_log(self) -> AuditLog:
        return AuditLog()

    @property
    def tenants(self) -> Tenants:
        return Tenants(self.clock)

    @property
    def clients(self) -> Clients:
        return Clients(self.clock)

    @property
    def consulting(self) -> Consulting:
        return Consulting(self.queue)

    @property
    def task_queue(self) -> TaskQueue:
        return TaskQueue(self.clock, keep=timedelta(days=self.settings.job_days))

    @property
    def database(self) -> Database:
        return self.engines.database

    @property
    def store(self) -> VectorStore:
        return self.engines.store

    @property
    def secrets(self) -> Secrets:
        return self.engines.secrets

    @property
    def embedder(self) -> Embedder:
        return self.engines.embedder

    def start(self, *, queues: Sequence[str] | None = None) -> None:
        """Loads the model, frees what a killed worker held, and starts the worker.

        `queues` are those that this process serves, which then loads no more than they need; None: it is a server. On
        SQLite the lock on the home tells that all other workers are gone; elsewhere leases run out by themselves.
        """
        if queues is None or PARSE_QUEUE in queues:
            self.engines.sandbox.start()
            self._tell_of_docling()
        if queues is None or EMBED_QUEUE in queues:
            self.embedder.warm()
        if self.worker_lock.try_acquire() and uses_of(self.settings).database == "sqlite":
            with self.database.write() as session:
                freed = self.queue.recover(session)
            _log.info("worker.recovered", jobs=freed)
        self.worker_lock.share()
        self._renew_secrets()
        with self.database.write() as session:
            number_the_rest(session)
        if queues is None:
            self.doctor.ask_for_tidying()
        self.worker.start()
        if self.nudger is not None:
            self.nudger.start()

    def _tell_of_docling(self) -> None:
        """Where it was set up. Whether it also loads is for the doctor to find out."""
        docling = self.engines.docling
        if not docling.is_set_up:
            return
        if missing := docling.missing():
            _log.warning("docling.unusable", missing=list(missing), remedy=DOCLING_REMEDY)
        else:
            _log.info("docling.ready")

    def _renew_secrets(self) -> None:
        """What was sealed with an older key is sealed with the newest."""
        try:
            with self.database.write() as session:
                renewal = self.secrets.renew(session)
        except SecretKeyMissing as error:
            _log.warning("secrets.unreadable", error=error.message)
            return
        if renewal.renewed or renewal.unreadable:
            _log.info("secrets.renewed", renewed=renewal.renewed, unreadable=list(renewal.unreadable))

    def is_alone(self) -> bool:
        """Whether no other process works off this home's jobs. Then `start` this one at once: others wait for it."""
        return self.worker_lock.try_acquire()

    def apply_switch(self, file_id: str) -> None:
        """Makes a file's switch or deletion felt in the engine now. A job does it too, should the engine be away."""
        with suppress(Unavailable):
            self.switch.apply(file_id)
        self.worker.nudge()

    def prepare_to_close(self) -> None:
        """Whoever follows what happens is let go, and steps in hand come to their next pause; all else goes on."""
        self.worker.ask_to_stop()
        self.feed.close()

    def close(self) -> None:
        self.prepare_to_close()
        if self.nudger is not None:
            self.nudger.close()
        self.worker.stop(seconds=self.settings.shutdown_seconds)
        self.crawling.handler.zygotes.close()
        self.reads.close()
        self.searching.recorder.close()
        if self.oidc is not None:
            self.oidc.provider.close()
        self.engines.close()
        self.worker_lock.release()


def build_runtime(settings: Settings, *, repairing: bool = False, clock: Clock | None = None) -> Runtime:
    """Opens the home, brings the database up to date, makes sure of an administrator and a collection.

    ConfigurationError where the home or the settings cannot be used. `repairing` accepts a home whose vectors are gone.
    """
    clock = clock or SystemClock()
    home, uses = Home(settings.home, clock=clock), uses_of(settings)
    home.open(uses, repairing=repairing)
    database = Database(settings.resolved_database_url)
    upgrade(database)
    home.remember(database=uses.database)
    made_key = _ensure_administrator(database, settings, clock)
    engines = open_engines(settings, home, database, clock=clock)
    home.remember(vectors=uses.vectors)
    return _assemble(settings, clock, engines, home=home, made_key=made_key)


def _ensure_administrator(database: Database, settings: Settings, clock: Clock) -> str | None:
    given = settings.admin_key
    with database.write() as session:
        return ensure_first_administrator(session, given=given.get_secret_value() if given else None, clock=clock)


def _assemble(settings: Settings, clock: Clock, engines: Engines, *, home: Home, made_key: str | None) -> Runtime:
    (trail, reads), organizations = _trail(settings, clock, engines.database), Organizations(clock=clock)
    queue, gate = JobQueue(clock=clock, lease=timedelta(seconds=settings.lease_seconds)), Gate()
    builds, switch = Builds(queue=queue, clock=clock), Switch(database=engines.database, store=engines.store, gate=gate)
    doctor = _doctor(engines, queue=queue, gate=gate, builds=builds)
    rates, quotas = _limits(settings, clock, engines.database)
    searching = make_searching(settings, clock, engines, gate=gate, queue=queue, quotas=quotas)
    kept, nudger = _files(clock, engines, gate, builds, queue), make_nudger(settings, engines.database, queue)
    uploads = _uploads(settings, clock, engines, gate=gate, builds=builds, queue=queue, quotas=quotas)
    crawling, teamwork = _crawling(settings, clock, engines, home, queue=queue, gate=gate, files=kept, uploads=uploads)
    changing = make_remodelling(settings, clock, engines, queue=queue, switch=switch, comparison=searching.comparison)
    datasets = _datasets(settings, clock, engines, gate=gate, builds=builds, queue=queue)
    runs = make_runs(
        settings, clock, engines, teamwork, gate=gate, searching=searching, reads=reads, trail=trail,
        catalogue=datasets, quotas=quotas,
    )  # fmt: skip
    chat = make_chat(settings, clock, engines, teamwork, gate=gate, queue=queue, turns=runs.reading_turns)
    worker = make_worker(
        settings, clock, engines, queue=queue, gate=gate, switch=switch, doctor=doctor, crawling=crawling,
        evaluate=searching.evaluate, remodelling=changing, teamwork=teamwork, uploads=uploads, kept=kept,
        runs=runs, chat=chat, nudger=nudger,
    )  # fmt: skip
    return Runtime(
        settings=settings,
        clock=clock,
        home=home,
        engines=engines,
        queue=queue,
        keys=AccessKeys(clock=clock),
        oidc=make_oidc(settings, clock),
        accounts=Accounts(clock=clock, sessions=Sessions(clock=clock)),
        organizations=organizations,
        organization_keys=_organization_keys(clock, organizations),
        rates=rates,
        quotas=quotas,
        mailer=_mailer(settings, home),
        trail=trail,
        reads=reads,
        datasets=datasets,
        files=kept,
        reports=Reports(gate=gate),
        reading=Reading(gate=gate),
        review=Review(gate=gate, queue=queue, clock=clock, tokens=engines.embedder.tokens),
        chunk_search=ChunkSearch(gate=gate),
        uploads=uploads,
        searching=searching,
        switch=switch,
        model_changes=changing.changes,
        bundles=make_bundles(settings, clock, engines, gate=gate, builds=builds, queue=queue),
        doctor=doctor,
        crawling=crawling,
        teamwork=teamwork,
        chat=chat,
        worker=worker,
        worker_lock=WorkerLock(home.path),
        work=Work(gate=gate, builds=builds, queue=queue, rules=_rules(crawling, changing, runs.work, chat.work)),
        feed=Feed(engines.database),
        nudger=nudger,
        made_key=made_key,
    )


def _rules(crawling: Crawling, remodelling: Remodelling, runs: RunWork, answers: AnswerWork) -> dict[str, KindRules]:
    return {CHANGE_MODEL: remodelling.rules, crawling.handler.kind: crawling.work, RUN: runs, ANSWER: answers}


def _crawling(
    settings: Settings, clock: Clock, engines: Engines, home: Home, *, queue: JobQueue, gate: Gate, files: Files,
    uploads: Uploads,
) -> tuple[Crawling, Teamwork]:  # fmt: skip
    """Each has something for the other: a crawl that is held is an approval."""
    desk = make_desk(clock, gate=gate, queue=queue)
    crawling = make_crawling(
        settings, clock, engines, home=home, queue=queue, gate=gate, files=files, uploads=uploads,
        holds=desk.holds,
    )  # fmt: skip
    teamwork = make_teamwork(
        clock, engines.database, desk, gate=gate, crawls=crawling.crawls, secrets=engines.secrets,
        readiness=make_adapters(settings, engines.secrets),
    )  # fmt: skip
    return crawling, teamwork


def _doctor(engines: Engines, *, queue: JobQueue, gate: Gate, builds: Builds) -> Doctor:
    return Doctor(
        database=engines.database,
        queue=queue,
        gate=gate,
        builds=builds,
        store=engines.store,
        files=engines.files,
        models=engines.models,
        docling=engines.docling,
    )


def _organization_keys(clock: Clock, organizations: Organizations) -> OrganizationKeys:
    keys, changes = AccessKeys(clock=clock), KeyChanges(clock=clock)
    return OrganizationKeys(clock=clock, organizations=organizations, keys=keys, changes=changes)


def _mailer(settings: Settings, home: Home) -> Mailer:
    url = settings.smtp_url
    return make_mailer(url.get_secret_value() if url else None, outbox=home.path / "outbox", sender=settings.mail_from)


def _datasets(
    settings: Settings, clock: Clock, engines: Engines, *, gate: Gate, builds: Builds, queue: JobQueue
) -> Datasets:
    model = engines.embedder.info
    return Datasets(
        gate=gate,
        builds=builds,
        queue=queue,
        clock=clock,
        defaults=ChunkDefaults(size=settings.chunk_size, overlap=settings.chunk_overlap),
        model=ModelBinding(model.provider, model.name, model.vector_size, engines.collection),
    )


def _uploads(
    settings: Settings, clock: Clock, engines: Engines, *, gate: Gate, builds: Builds, queue: JobQueue, quotas: Quotas
) -> Uploads:
    limits = UploadLimits(
        files=settings.upload_max_files,
        file_bytes=settings.upload_max_file,
        batch_bytes=settings.upload_max_batch,
        waiting=settings.upload_max_waiting,
    )
    return Uploads(
        store=engines.files,
        gate=gate,
        queue=queue,
        builds=builds,
        clock=clock,
        limits=limits,
        sniff=partial(mime_type_of, engines.sandbox),
        quotas=quotas,
    )


def _files(clock: Clock, engines: Engines, gate: Gate, builds: Builds, queue: JobQueue) -> Files:
    return Files(gate=gate, store=engines.files, queue=queue, builds=builds, clock=clock)


def _trail(settings: Settings, clock: Clock, database: Database) -> tuple[Trail, ReadLog]:
    trail = Trail(clock=clock)
    trail.watch(database)
    return trail, ReadLog(database=database, trail=trail, keep=timedelta(days=settings.audit_days))


def _limits(settings: Settings, clock: Clock, database: Database) -> tuple[RateLimiter, Quotas]:
    rates = RateLimiter(write=database.write, clock=clock)
    everywhere = QuotaLimits(
        settings.quota_storage, settings.quota_chunks, settings.quota_searches, settings.quota_requests
    )
    return rates, Quotas(QuotaBook(read=database.read, clock=clock, everywhere=everywhere), rates)
