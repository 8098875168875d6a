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
from crawler.crawls.models import Crawl, CrawlUrl
from crawler.engine.messages import Ended, Found, Message, Page, Unchanged
from crawler.reasons import SOFT, Outcome, Reason
from crawler.running.acting import crawler_of
from crawler.running.boilerplate import Boilerplate, split
from crawler.running.contents import Contents, said_by
from crawler.running.limits import GRACE
from crawler.running.variants import are_alike, originals
from crawler.running.versions import keep_version, text_of
from crawler.sites.models import SitePage
from crawler.urls import file_name_of, url_key
from ingest.files.types import FileSource, IncomingFile, IngestOverrides, UploadedFile
from ingest.files.uploads import Staged, Uploads
from kit.clock import Clock
from kit.db.database import Database
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim, Progress

_SHRUNK = 0.1
"""Of a page's characters: what keeps less than that has lost its content rather than changed it."""


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
    most: int
    number: int = 0
    crawled: int = 0
    pending: list[Page] = field(default_factory=list)
    contents: Contents = field(default_factory=Contents)
    """Of the site's pages that are files: what they say, to the key of their address."""

    def write(self, messages: Sequence[Message], *, seconds: float = 0.0) -> str | None:
        """What a person asks of the crawl, if anything. Raises LeaseLost."""
        pages = [message for message in messages if isinstance(message, Page)]
        ready = self._ready(pages)
        with ExitStack() as stack:
            staged = self._staged(ready, stack)
            with self.database.write() as session:
                progress = Progress("crawling", self.crawled, self.most)
                self.jobs.hold(session, self.claim, progressed=True, progress=progress)
                crawl = session.get_one(Crawl, self.crawl_id)
                self._find(session, messages)
                self._end(session, crawl, messages)
                self._keep(session, crawl, ready, staged)
                crawl.seconds_spent += round(seconds)
                asked, self.crawled = crawl.asked, crawl.pages_crawled
                if messages:
                    tell_crawl(session, crawl, at=self.clock.now())
        for page in ready:
            Path(page.body).unlink(missing_ok=True)
            text_of(page).unlink(missing_ok=True)
        return asked

    def pause(self, seconds: float) -> None:
        """Keeps hold of the job meanwhile."""
        with self.database.write() as session:
            self.jobs.hold(session, self.claim)
        sleep(seconds)

    def settle(self) -> None:
        """Pages that have waited for the others are decided now."""
        waiting, self.pending = self.pending, []
        for start in range(0, len(waiting), 50):
            self._write_settled(waiting[start : start + 50])

    def _write_settled(self, pages: Sequence[Page]) -> None:
        with ExitStack() as stack:
            staged = self._staged(pages, stack)
            with self.database.write() as session:
                self.jobs.hold(session, self.claim, progressed=True)
                crawl = session.get_one(Crawl, self.crawl_id)
                self._keep(session, crawl, pages, staged)
        for page in pages:
            Path(page.body).unlink(missing_ok=True)
            text_of(page).unlink(missing_ok=True)

    def _ready(self, pages: Sequence[Page]) -> list[Page]:
        """Those that need not wait: new ones that name no other address, once the site's boilerplate is known."""
        for page in pages:
            self.boilerplate.see(split(bytes.fromhex(page.lines)))
        candidates = [*self.pending, *pages] if self.boilerplate.has_seen_enough else []
        if not candidates:
            self.pending += pages
            return []
        known = self._known_keys(candidates)
        ready = [page for page in candidates if page.canonical is None and url_key(page.url) not in known]
        chosen = set(map(id, ready))
        self.pending = [page for page in candidates if id(page) not in chosen]
        return ready

    def _known_keys(self, pages: Sequence[Page]) -> set[str]:
        with self.database.read() as session:
            return set(repository.pages_by_key(session, self.site_id, (url_key(page.url) for page in pages)))

    def _staged(self, pages: Sequence[Page], stack: ExitStack) -> Staged:
        """All their bytes, whether they are going to be files or not: that is decided in the transaction."""
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
                self._unchanged(crawl, row, pages.get(key), message)
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
        row.outcome, row.reason, row.detail, row.target = outcome, reason, detail or None, target
        row.ended_at = self.clock.now()

    def _unchanged(self, crawl: Crawl, row: CrawlUrl, page: SitePage | None, message: Unchanged) -> None:
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
            row.outcome = Outcome.DUPLICATE

    @staticmethod
    def _miss(row: CrawlUrl, page: SitePage) -> None:
        """Its file stays for now: what is away today may be back tomorrow."""
        page.missed += 1
        row.file_id = page.file_id
        left = GRACE - page.missed
        note = "it stays in the dataset until the next crawl" if left > 0 else "it leaves the dataset"
        row.detail = f"{row.detail}; {note}" if row.detail else note

    def _keep(self, session: Session, crawl: Crawl, pages: Sequence[Page], staged: Staged) -> None:
        """Registers what is to be a file, and records what came of each page."""
        boilerplate = self.boilerplate.lines()
        self.contents.look_under(boilerplate)
        keys = [url_key(page.url) for page in pages]
        rows = repository.urls_by_key(session, self.crawl_id, keys)
        known = repository.pages_by_key(session, self.site_id, keys)
        chosen: list[Page] = []
        for key, page in zip(keys, pages, strict=True):
            row = rows.get(key)
            if row is None or row.outcome != Outcome.WAITING:
                continue  # a repeated message
            row.status, row.size, row.rendered = page.status, page.size, page.rendered
            crawl.pages_crawled += 1
            crawl.bytes_fetched += page.size
            if not self._is_settled(session, row, page, known.get(key), boilerplate):
                chosen.append(page)
                self.contents.add(key, lines=bytes.fromhex(page.lines), content=page.content)
        self._register(session, chosen, staged, rows, known)

    def _is_settled(
        self, session: Session, row: CrawlUrl, page: Page, known: SitePage | None, boilerplate: frozenset[bytes]
    ) -> bool:
        """Whether the page needs no file made: it says what it said, or what another says."""
        content = self._content(page, boilerplate)
        if known is not None and known.duplicate_of is None and self._said_before(known, boilerplate) == content:
            self._mark(row, Outcome.UNCHANGED, Reason.SAME_CONTENT)
            self._fill(known, page, content)
            row.file_id = known.file_id
            return True
        if known is not None and known.file_id is not None and page.characters < _SHRUNK * known.characters:
            self._mark(
                row, Outcome.GONE, Reason.SHRANK, detail=f"{known.characters} characters before, {page.characters} now"
            )
            self._miss(row, known)
            return True
        found = self._duplicate(session, page, content)
        if found is None:
            return False
        reason, original = found
        self._mark(row, Outcome.DUPLICATE, reason, target=original.url)
        row.file_id = original.file_id
        self._point_at(session, page, known, content, original)
        return True

    def _content(self, page: Page, boilerplate: frozenset[bytes]) -> str:
        return said_by(bytes.fromhex(page.lines), page.content, boilerplate)

    @staticmethod
    def _said_before(known: SitePage, boilerplate: frozenset[bytes]) -> str:
        return said_by(known.lines, known.content, boilerplate)

    def _duplicate(self, session: Session, page: Page, content: str) -> tuple[Reason, SitePage] | None:
        """Another page of the site that stands for this one."""
        if page.canonical is not None and not _is_root(page.canonical):
            original = self._original(session, page.canonical)
            if original is not None:
                return Reason.CANONICAL_ELSEWHERE, original
        key = self.contents.find(content)
        if key is not None and key != url_key(page.url):
            original = session.get(SitePage, (self.site_id, key))
            if original is not None and original.file_id is not None and not original.missed:
                return Reason.SAME_AS_ANOTHER, original
        for address in originals(page.url):
            original = self._original(session, address)
            if original is not None and are_alike(split(bytes.fromhex(page.lines)), split(original.lines)):
                return Reason.VARIANT_OF_ANOTHER, original
        return None

    def _original(self, session: Session, url: str) -> SitePage | None:
        found = session.get(SitePage, (self.site_id, url_key(url)))
        stands = found is not None and found.file_id is not None and found.duplicate_of is None and not found.missed
        return found if stands else None

    def _point_at(self, session: Session, page: Page, known: SitePage | None, content: str, original: SitePage) -> None:
        row = known or self._new_page(session, page)
        self._fill(row, page, content)
        row.duplicate_of = original.url
        if row.file_id is not None and row.file_id != original.file_id:
            row.missed = GRACE  # its own file is one too many: it goes with the pages that are gone
        else:
            row.file_id = None

    def _register(
        self,
        session: Session,
        pages: Sequence[Page],
        staged: Staged,
        rows: dict[str, CrawlUrl],
        known: dict[str, SitePage],
    ) -> None:
        by_url = {one.incoming.url: one for one in staged.files}
        wanted = Staged([by_url[page.url] for page in pages if page.url in by_url])
        refused = {one.file_name: one for one in staged.rejected}
        uploaded: dict[str, UploadedFile] = {}
        if wanted.files:
            principal = crawler_of(self.tenant_id)
            receipt = self.uploads.register(session, principal, self.dataset_id, wanted, IngestOverrides())
            uploaded = {str(one.incoming.url): done for one, done in zip(wanted.files, receipt.uploaded, strict=True)}
        boilerplate = self.boilerplate.lines()
        for page in pages:
            key = url_key(page.url)
            row, before = rows[key], known.get(key)
            file = uploaded.get(page.url)
            if file is None:
                why = refused.get(file_name_of(page.url))
                self._mark(row, Outcome.SKIPPED, Reason.CONTENT_TYPE, detail=why.message if why else None)
                if before is not None:
                    self._miss(row, before)
                continue
            self._mark(row, Outcome.KEPT, Reason.NEW if before is None else Reason.CHANGED)
            row.file_id = file.id
            kept = before or self._new_page(session, page)
            self._fill(kept, page, self._content(page, boilerplate))
            kept.file_id, kept.duplicate_of = file.id, None
            kept.common = b"".join(sorted(boilerplate.intersection(split(kept.lines))))
            if before is not None:
                kept.version, kept.changed_at = kept.version + 1, self.clock.now()
            keep_version(session, kept, page, crawl_id=self.crawl_id, boilerplate=boilerplate)

    def _new_page(self, session: Session, page: Page) -> SitePage:
        now = self.clock.now()
        row = SitePage(
            site_id=self.site_id, key=url_key(page.url), url=page.url, first_seen_at=now, changed_at=now, version=1
        )
        session.add(row)
        return row

    def _fill(self, row: SitePage, page: Page, content: str) -> None:
        row.depth, row.etag, row.last_modified = page.depth, page.etag, page.last_modified
        row.sha256, row.content, row.lines = page.sha256, content, bytes.fromhex(page.lines)
        row.characters, row.title, row.language = page.characters, page.title, page.language
        row.missed, row.seen_at = 0, self.clock.now()


def _labels(page: Page) -> dict[str, str]:
    labels = {"site": urlsplit(page.url).netloc}
    return {**labels, "language": page.language} if page.language else labels


def _is_root(url: str) -> bool:
    """Pages that all name the front page as their own are set up wrongly rather than all the same."""
    return urlsplit(url).path in {"", "/"} and not urlsplit(url).query
