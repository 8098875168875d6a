"""The job of a crawl: from its rows to a process, from the process to its rows, until nothing is left to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from urllib.parse import urlsplit

import structlog

from crawler.crawls.jobs import QUEUE, RUN
from crawler.crawls.models import Crawl
from crawler.crawls.types import Asked, CrawlState
from crawler.engine.host_slots import HostSlots
from crawler.engine.messages import Done, Job, Message
from crawler.reasons import Reason
from crawler.running.child import CrawlChild, CrawlProcessFailed
from crawler.running.finishing import Finish
from crawler.running.host_shares import HostShare
from crawler.running.ledger import Ledger
from crawler.running.limits import CrawlLimits
from crawler.running.preparing import Preparation
from ingest.files.errors import TooMuchWaiting
from ingest.files.uploads import Uploads
from kit.clock import Clock
from kit.db.database import Database
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from kit.zygote.keeper import ZygoteKeeper

_FLUSH_SECONDS = 0.5
_FLUSH_MESSAGES = 100
_FULL_SECONDS = 2.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CrawlHandler:
    """`folder` is for what is on its way: bodies of pages, and when hosts may be asked again."""

    database: Database
    jobs: JobQueue
    uploads: Uploads
    clock: Clock
    limits: CrawlLimits
    preparation: Preparation
    finish: Finish
    folder: Path
    zygotes: ZygoteKeeper

    kind = RUN
    queue = QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            with self._spool(claim) as spool:
                prepared = self.preparation.begin(claim, spool=spool, hosts=self.folder / "hosts")
                if prepared is not None:
                    self._crawl(claim, *prepared, signals)

    def gave_up(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            crawl = session.get(Crawl, claim.text("crawl_id"))
            if crawl is not None and crawl.state in {CrawlState.QUEUED, CrawlState.RUNNING}:
                crawl.state, crawl.completed_at, crawl.stats = CrawlState.FAILED, self.clock.now(), {}
                crawl.error = f"the crawl failed again and again ({error}); start it once more, or look at the log"

    def _crawl(self, claim: Claim, job: Job, ledger: Ledger, signals: Signals) -> None:
        with CrawlChild(job, self.zygotes) as child, self._share(job, child) as share:
            done, asked = self._listen(child, ledger, share, signals)
            last_words = child.last_words()
        if asked is not None:
            self.finish.stopped(claim, ledger, Asked(asked))
        elif done is not None and done.stopped_by is not Reason.NOT_REACHED:
            self.finish.completed(claim, ledger, done)
        elif signals.stopping():
            with self.database.write() as session:
                self.jobs.release(session, claim)
        else:
            self._go_on(claim, ledger, f"{done.reason if done else ''} {last_words or 'no message'}".strip())

    def _go_on(self, claim: Claim, ledger: Ledger, last_words: str) -> None:
        """After the process has died, failed to start, was ended by somebody else, or had no memory left. A crawl of
        days may lose it more often than a job may be tried; what counts is whether it gets further in between."""
        if not ledger.steps:
            raise CrawlProcessFailed(f"the process of the crawl ended too early: {last_words}")
        _log.warning("crawl.process_died", crawl_id=ledger.crawl_id, steps=ledger.steps, last_words=last_words)
        with self.database.write() as session:
            self.jobs.release(session, claim, got_further=True)

    def _share(self, job: Job, child: CrawlChild) -> HostShare:
        place = HostSlots(Path(job.manners.hosts_folder)).place()
        return HostShare(
            self.database, self.clock, host=urlsplit(job.scope.start_url).netloc, place=place, tell=child.tell
        )

    def _listen(
        self, child: CrawlChild, ledger: Ledger, share: HostShare, signals: Signals
    ) -> tuple[Done | None, str | None]:
        """Until the process has ended: its last message, and what a person has asked for meanwhile."""
        waiting: list[Message] = []
        done: Done | None = None
        asked: str | None = None
        flushed = monotonic()
        while not child.ended:
            share.keep()
            for message in child.read(0.1):
                if isinstance(message, Done):
                    done = message
                else:
                    waiting.append(message)
            since = monotonic() - flushed
            if len(waiting) >= _FLUSH_MESSAGES or since >= _FLUSH_SECONDS or child.ended:
                asked = self._flush(ledger, waiting, since, signals) or asked
                waiting, flushed = [], monotonic()
            if asked is not None or signals.stopping():
                child.stop()
        return done, asked

    @staticmethod
    def _flush(ledger: Ledger, messages: Sequence[Message], seconds: float, signals: Signals) -> str | None:
        """Waits where ingestion is far behind: a crawl must not fill the queue."""
        batch = ledger.receive(messages)
        while True:
            try:
                return ledger.write(batch, seconds=seconds)
            except TooMuchWaiting:
                if signals.stopping():
                    return None
                ledger.pause(_FULL_SECONDS)

    @contextmanager
    def _spool(self, claim: Claim) -> Iterator[Path]:
        self.folder.mkdir(parents=True, exist_ok=True)
        spool = Path(mkdtemp(prefix=f"{claim.text('crawl_id')}-", dir=self.folder))
        try:
            yield spool
        finally:
            shutil.rmtree(spool, ignore_errors=True)
