"""From what a crawl tells to rows: its frontier, its report, and the pages that become files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

from sqlalchemy import insert
from sqlalchemy.orm import Session

from crawler.crawls import repository
from crawler.crawls.events import tell_crawl
from crawler.crawls.models import BYTES_IN_HAND, PAGES_IN_HAND, Crawl, CrawlUrl
from crawler.engine.messages import Ended, Found, Message, Page, Unchanged
from crawler.languages import primary
from crawler.reasons import SOFT, Outcome, Reason
from crawler.running.acting import crawler_of
from crawler.running.boilerplate import Boilerplate, split
from crawler.running.contents import said_by
from crawler.running.doubles import Double, Doubles, in_order
from crawler.running.limits import GRACE, is_too_much
from crawler.running.reading import Reading, discard, read
from crawler.running.versions import keep_versions
from crawler.sites.models import SitePage
from crawler.urls import file_name_of, url_key
from crawler.variants import originals
from ingest.files.types import FileSource, IncomingFile, IngestOverrides, UploadedFile
from ingest.files.uploads import Staged, Uploads
from kit.clock import Clock
from kit.db.database import Database
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim, Progress

_SHRUNK = 0.1
"""Of a page's characters: what keeps less than that has lost its content rather than changed it."""

_SHRUNK_TOGETHER = 0.5
"""The same where it happens to more of a site's pages at once than may be removed without a person."""

_SETTLED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages, and those pages that are decided with them; others wait."""

    messages: Sequence[Message]
    ready: Sequence[Reading]


@dataclass(slots=True)
class Ledger:
    """One crawl's. `write` is one transaction; a page's address is done in the same in which its file is there.

    Pages wait in `pending` while there is too little to compare them with: their addresses stay in the frontier, so a
    crawl that is killed asks for them again.
    """

    database: Database
    jobs: JobQueue
    uploads: Uploads
    clock: Clock
    claim: Claim
    crawl_id: str
    site_id: str
    tenant_id: str
    dataset_id: str
    boilerplate: Boilerplate
    doubles: Doubles
    most: int
    share: float
    """Of the site's pages, that may lose their content without a person."""
    is_limited: bool = False
    """There was more than may be fetched the last time, and this time only what is known is asked for."""
    number: int = 0
    crawled: int = 0
    steps: int = 0
    """Rows that this ledger has brought on: what a crawl that dies now need not do again."""
    pending: list[Page] = field(default_factory=list)
    _shrunk: float = _SHRUNK

    def receive(self, messages: Sequence[Message]) -> Batch:
        """What is to be written together; once for each message."""
        pages = [message for message in messages if isinstance(message, Page)]
        return Batch(messages, read(self._ready(pages), self.boilerplate.lines()))

    def write(self, batch: Batch, *, seconds: float = 0.0) -> str | None:
        """What a person asks of the crawl, if anything. Raises LeaseLost, or TooMuchWaiting: then nothing was written,
        and it can be tried again."""
        with ExitStack() as stack:
            staged = self._staged(batch.ready, stack)
            with self.database.write() as session:
                progress = Progress("crawling", self.crawled, self.most)
                self.jobs.hold(session, self.claim, progressed=True, progress=progress)
                crawl = session.get_one(Crawl, self.crawl_id)
                self._find(session, batch.messages)
                self._end(session, crawl, batch.messages)
                self._keep(session, crawl, batch.ready, staged)
                crawl.seconds_spent += round(seconds)
                self._tell_in_hand(crawl)
                asked, self.crawled = crawl.asked, crawl.pages_come
                if batch.messages:
                    tell_crawl(session, crawl, at=self.clock.now())
        for reading in batch.ready:
            discard(reading.page)
        return asked

    def _tell_in_hand(self, crawl: Crawl) -> None:
        size = sum(page.size for page in self.pending)
        crawl.stats = {PAGES_IN_HAND: len(self.pending), BYTES_IN_HAND: size} if self.pending else {}

    def pause(self, seconds: float) -> None:
        """Keeps hold of the job meanwhile."""
        with self.database.write() as session:
            self.jobs.hold(session, self.claim)
        sleep(seconds)

    def settle(self) -> None:
        """Pages that have waited for the others are decided now."""
        waiting = in_order(read(self.pending, self.boilerplate.lines()))
        self.pending = []
        self._shrunk = self._shrunk_share(waiting)
        for start in range(0, len(waiting), _SETTLED_AT_ONCE):
            self._write_settled(waiting[start : start + _SETTLED_AT_ONCE])
        with self.database.write() as session:
            self.jobs.hold(session, self.claim, progressed=True)
            self.doubles.straighten(session)

    def _shrunk_share(self, readings: Sequence[Reading]) -> float:
        """All pages that have changed wait until here, so it can be told whether one was cut or the site is broken."""
        with self.database.read() as session:
            known = repository.pages_by_key(session, self.site_id, [reading.key for reading in readings])
            there = repository.count_files(session, self.site_id)
        cut = sum(
            _has_shrunk(known[reading.key], reading.page, share=_SHRUNK_TOGETHER)
            for reading in readings
            if reading.key in known
        )
        return _SHRUNK_TOGETHER if is_too_much(cut, of=there, share=self.share) else _SHRUNK

    def _write_settled(self, readings: Sequence[Reading]) -> None:
        with ExitStack() as stack:
            staged = self._staged(readings, stack)
            with self.database.write() as session:
                self.jobs.hold(session, self.claim, progressed=True)
                crawl = session.get_one(Crawl, self.crawl_id)
                self._keep(session, crawl, readings, staged)
                crawl.stats = {}
        for reading in readings:
            discard(reading.page)

    def _ready(self, pages: Sequence[Page]) -> list[Page]:
        """Those that need not wait: new ones that name no other address and look like no view of another page, once the
        site's boilerplate is known."""
        for page in pages:
            self.boilerplate.see(split(bytes.fromhex(page.lines)))
        candidates = [*self.pending, *pages] if self.boilerplate.has_seen_enough else []
        if not candidates:
            self.pending += pages
            return []
        known = self._known_keys(candidates)
        ready = [page for page in candidates if _stands_alone(page) and url_key(page.url) not in known]
        chosen = set(map(id, ready))
        self.pending = [page for page in candidates if id(page) not in chosen]
        return ready

    def _known_keys(self, pages: Sequence[Page]) -> set[str]:
        with self.database.read() as session:
            return set(repository.pages_by_key(session, self.site_id, (url_key(page.url) for page in pages)))

    def _staged(self, readings: Sequence[Reading], stack: ExitStack) -> Staged:
        """All their bytes, whether they are going to be files or not: that is decided in the transaction."""
        pages = [reading.page for reading in readings]
        incoming = [
            IncomingFile(
                file_name=file_name_of(page.url),
                stream=stack.enter_context(Path(page.body).open("rb")),  # noqa: SIM115 - the stack is its block
                labels=_labels(page),
                source=FileSource.WEBSITE_CRAWL,
                url=page.url,
                separate=True,
            )
            for page in pages
        ]
        return stack.enter_context(self.uploads.stage(incoming))

    def _find(self, session: Session, messages: Iterable[Message]) -> None:
        """New addresses join the frontier; one that was passed over for how it was found joins it after all."""
        found = {url_key(one.url): one for message in messages if isinstance(message, Found) for one in message.urls}
        rows = repository.urls_by_key(session, self.crawl_id, found)
        fresh = []
        for key, waiting in found.items():
            row = rows.get(key)
            if row is None:
                self.number += 1
                fresh.append(self._row(key, waiting.url, waiting.depth, waiting.via))
            elif row.reason in SOFT:
                row.outcome, row.reason, row.depth, row.via = Outcome.WAITING, None, waiting.depth, waiting.via
        self.steps += len(fresh)
        if fresh:
            session.execute(insert(CrawlUrl), fresh)

    def _row(self, key: str, url: str, depth: int, via: str | None) -> dict[str, object]:
        return {
            "crawl_id": self.crawl_id,
            "key": key,
            "number": self.number,
            "url": url,
            "depth": depth,
            "via": via,
            "outcome": Outcome.WAITING,
            "size": 0,
            "rendered": False,
        }

    def _end(self, session: Session, crawl: Crawl, messages: Sequence[Message]) -> None:
        ended = {url_key(m.url): m for m in messages if isinstance(m, Ended | Unchanged)}
        rows = repository.urls_by_key(session, self.crawl_id, ended)
        pages = repository.pages_by_key(session, self.site_id, ended)
        for key, message in ended.items():
            row = rows.get(key) or self._new_row(session, message)
            crawl.bytes_fetched += message.size
            row.rendered = message.rendered
            if isinstance(message, Unchanged):
                self._unchanged(session, crawl, row, pages.get(key), message)
                continue
            self._mark(row, message.outcome, message.reason, detail=message.detail, target=message.target)
            row.status, row.size = message.status or None, message.size
            if message.outcome is Outcome.FAILED:
                crawl.pages_failed += 1
            elif key in pages:
                self._miss(row, pages[key])

    def _new_row(self, session: Session, message: Ended | Unchanged) -> CrawlUrl:
        """For an address that never joined the frontier."""
        self.number += 1
        depth, via = (message.depth, message.via) if isinstance(message, Ended) else (0, None)
        row = CrawlUrl(**self._row(url_key(message.url), message.url, depth, via))
        session.add(row)
        return row

    def _mark(
        self, row: CrawlUrl, outcome: Outcome, reason: Reason, *, detail: str | None = None, target: str | None = None
    ) -> None:
        self.steps += 1
        row.outcome, row.reason, row.detail, row.target = outcome, reason, detail or None, target
        row.ended_at = self.clock.now()

    def _unchanged(
        self, session: Session, crawl: Crawl, row: CrawlUrl, page: SitePage | None, message: Unchanged
    ) -> None:
        self._mark(row, Outcome.UNCHANGED, message.reason)
        row.size = message.size
        crawl.pages_crawled += 1
        if page is None:
            return
        page.missed, page.seen_at = 0, self.clock.now()
        page.etag, page.last_modified = message.etag or page.etag, message.last_modified or page.last_modified
        page.sha256 = message.sha256 or page.sha256
        row.file_id, row.target = page.file_id, page.duplicate_of
        if page.duplicate_of is not None:
            original = session.get(SitePage, (self.site_id, url_key(page.duplicate_of)))
            row.outcome, row.file_id = Outcome.DUPLICATE, original.file_id if original else None

    @staticmethod
    def _miss(row: CrawlUrl, page: SitePage) -> None:
        """Its file stays for now: what is away today may be back tomorrow."""
        page.missed += 1
        row.file_id = page.file_id
        left = GRACE - page.missed
        note = "it stays in the dataset until the next crawl" if left > 0 else "it leaves the dataset"
        row.detail = f"{row.detail}; {note}" if row.detail else note

    def _keep(self, session: Session, crawl: Crawl, readings: Sequence[Reading], staged: Staged) -> None:
        """Registers what is to be a file, and records what came of each page."""
        self.doubles.contents.look_under(self.boilerplate.lines())
        keys = [reading.key for reading in readings]
        rows = repository.urls_by_key(session, self.crawl_id, keys)
        known = repository.pages_by_key(session, self.site_id, keys)
        waiting = []
        for reading in in_order(readings):
            row = rows.get(reading.key)
            if row is None or row.outcome != Outcome.WAITING:
                continue  # a repeated message
            page = reading.page
            row.status, row.size, row.rendered = page.status, page.size, page.rendered
            crawl.pages_crawled += 1
            crawl.bytes_fetched += reading.page.size
            waiting.append(reading)
        while waiting:
            waiting = self._keep_some(session, waiting, staged, rows, known)

    def _keep_some(
        self,
        session: Session,
        readings: Sequence[Reading],
        staged: Staged,
        rows: dict[str, CrawlUrl],
        known: dict[str, SitePage],
    ) -> list[Reading]:
        """Those that say the same as one that has just become a file are for another round; at least the first of
        them never is."""
        chosen: list[Reading] = []
        later: list[Reading] = []
        doubles: list[tuple[Double, Reading]] = []
        coming: set[str] = set()
        for reading in readings:
            before = known.get(reading.key)
            found = self._double(session, reading, before, coming=coming)
            if found is not None and found.key in coming:
                later.append(reading)
            elif not self._is_settled(session, rows[reading.key], reading, before, found):
                chosen.append(reading)
                coming.add(reading.key)
                self.doubles.add(reading)
            if found is not None and found.takes_over:
                doubles.append((found, reading))
        self._register(session, chosen, staged, rows, known)
        for double, reading in doubles:
            better = session.get(SitePage, (self.site_id, reading.key))
            if better is not None and better.file_id is not None:
                self.doubles.supersede(session, double.key, double.reason, better)
        return later

    def _double(self, session: Session, reading: Reading, known: SitePage | None, *, coming: set[str]) -> Double | None:
        if known is not None and not known.missed and self._says_the_same(known, reading):
            return None
        return self.doubles.find(session, reading, coming=coming)

    def _says_the_same(self, known: SitePage, reading: Reading) -> bool:
        before = said_by(known.lines, known.content, self.boilerplate.lines())
        return known.duplicate_of is None and known.file_id is not None and before == reading.content

    def _said_something_else(self, known: SitePage, reading: Reading) -> bool:
        before = said_by(known.lines, known.content, self.boilerplate.lines())
        return known.duplicate_of is None and known.file_id is not None and before != reading.content

    def _is_settled(
        self, session: Session, row: CrawlUrl, reading: Reading, known: SitePage | None, found: Double | None
    ) -> bool:
        """Whether the page needs no file made: it says what it said, or what another says."""
        page = reading.page
        original = None if found is None or found.takes_over else session.get(SitePage, (self.site_id, found.key))
        if known is not None and original is None and self._says_the_same(known, reading):
            self._mark(row, Outcome.UNCHANGED, Reason.SAME_CONTENT)
            self._fill(known, reading)
            row.file_id = known.file_id
            return True
        if known is not None and _has_shrunk(known, page, share=self._shrunk):
            self._mark(
                row, Outcome.GONE, Reason.SHRANK, detail=f"{known.characters} characters before, {page.characters} now"
            )
            self._miss(row, known)
            return True
        if found is None or original is None:
            return False
        if known is not None and found.reason is Reason.SAME_AS_ANOTHER and self._said_something_else(known, reading):
            # What it said is nowhere any more: as far as it is concerned, the page is gone.
            self._mark(row, Outcome.GONE, found.reason, target=original.url)
            self._miss(row, known)
            return True
        self._mark(row, Outcome.DUPLICATE, found.reason, target=original.url)
        row.file_id = original.file_id
        kept = known or self._new_page(session, page)
        self._fill(kept, reading)
        self.doubles.point(kept, found.reason, original)
        return True

    def _register(
        self,
        session: Session,
        readings: Sequence[Reading],
        staged: Staged,
        rows: dict[str, CrawlUrl],
        known: dict[str, SitePage],
    ) -> None:
        by_url = {one.incoming.url: one for one in staged.files}
        wanted = Staged([by_url[one.page.url] for one in readings if one.page.url in by_url])
        refused = {one.file_name: one for one in staged.rejected}
        uploaded: dict[str, UploadedFile] = {}
        if wanted.files:
            principal = crawler_of(self.tenant_id)
            receipt = self.uploads.register(session, principal, self.dataset_id, wanted, IngestOverrides())
            uploaded = {str(one.incoming.url): done for one, done in zip(wanted.files, receipt.uploaded, strict=True)}
        kept: list[tuple[SitePage, Reading]] = []
        for reading in readings:
            row, before = rows[reading.key], known.get(reading.key)
            file = uploaded.get(reading.page.url)
            if file is not None:
                kept.append((self._kept(session, row, reading, before, file_id=file.id), reading))
                continue
            why = refused.get(file_name_of(reading.page.url))
            self._mark(row, Outcome.SKIPPED, Reason.CONTENT_TYPE, detail=why.message if why else None)
            if before is not None:
                self._miss(row, before)
        keep_versions(session, kept, crawl_id=self.crawl_id)

    def _kept(
        self, session: Session, row: CrawlUrl, reading: Reading, before: SitePage | None, *, file_id: str
    ) -> SitePage:
        self._mark(row, Outcome.KEPT, Reason.NEW if before is None else Reason.CHANGED)
        row.file_id = file_id
        kept = before or self._new_page(session, reading.page)
        self._fill(kept, reading)
        kept.file_id, kept.duplicate_of, kept.duplicate_by = file_id, None, None
        kept.common = b"".join(sorted(self.boilerplate.lines().intersection(split(kept.lines))))
        if before is not None:
            kept.version, kept.changed_at = kept.version + 1, self.clock.now()
        return kept

    def _new_page(self, session: Session, page: Page) -> SitePage:
        now = self.clock.now()
        row = SitePage(
            site_id=self.site_id, key=url_key(page.url), url=page.url, first_seen_at=now, changed_at=now, version=1
        )
        session.add(row)
        return row

    def _fill(self, row: SitePage, reading: Reading) -> None:
        page = reading.page
        row.depth, row.etag, row.last_modified = page.depth, page.etag, page.last_modified
        row.sha256, row.content, row.lines = page.sha256, reading.content, reading.lines
        row.gist = None if reading.gist is None else reading.gist.packed()
        row.characters, row.title = page.characters, page.title
        row.language, row.alternate_of = page.language, page.alternate_of
        row.missed, row.seen_at = 0, self.clock.now()


def _labels(page: Page) -> dict[str, str]:
    """What searches can filter a page by. A language is told without its country, so that a filter finds all of it."""
    labels = {"site": urlsplit(page.url).netloc}
    if page.language:
        labels["language"] = primary(page.language)
        if page.language != labels["language"]:
            labels["locale"] = page.language
    return {**labels, "alternateOf": page.alternate_of} if page.alternate_of else labels


def _has_shrunk(known: SitePage, page: Page, *, share: float) -> bool:
    return known.file_id is not None and page.characters < share * known.characters


def _stands_alone(page: Page) -> bool:
    return page.canonical is None and next(originals(page.url), None) is None
