"""A crawl's rows as the job that its process gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.crawls import repository
from crawler.crawls.events import tell_crawl
from crawler.crawls.models import Crawl, CrawlUrl
from crawler.crawls.service import Crawls
from crawler.crawls.types import CrawlState
from crawler.engine.messages import Bounds, Job, Known, Manners, Rendering, Scope, Waiting
from crawler.languages import is_wanted
from crawler.reasons import SOFT, Outcome, Reason
from crawler.running.acting import crawler_of
from crawler.running.boilerplate import Boilerplate, split
from crawler.running.contents import said_by
from crawler.running.doubles import Doubles, belongs
from crawler.running.ledger import Ledger
from crawler.running.limits import CrawlLimits
from crawler.sites.logins import Logins
from crawler.sites.models import CrawlSite, SitePage
from crawler.sites.types import CrawlMode
from ingest.files.models import File
from ingest.files.ports import DatasetGate, HomeDataset
from ingest.files.uploads import Uploads
from kit.clock import Clock
from kit.db.database import Database
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from kit.secrets.errors import SecretCannotBeRead

T = TypeVar("T")
_PAGES = (Outcome.KEPT, Outcome.UNCHANGED, Outcome.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Preparation:
    database: Database
    jobs: JobQueue
    uploads: Uploads
    gate: DatasetGate
    clock: Clock
    limits: CrawlLimits
    logins: Logins
    crawls: Crawls

    def begin(self, claim: Claim, *, spool: Path, hosts: Path) -> tuple[Job, Ledger] | None:
        """None, with the claim ended, for a crawl that is not to be done any more."""
        with self.database.write() as session:
            found = self._living(session, claim)
            if found is None:
                self.jobs.complete(session, claim)
                return None
            crawl, site, dataset, headers = found
            crawl.state, crawl.error, crawl.stats = CrawlState.RUNNING, None, {}
            crawl.started_at = crawl.started_at or self.clock.now()
            boilerplate = Boilerplate(bytes.fromhex(site.boilerplate))
            pages = _living_pages(session, site.id)
            rows = list(
                session.scalars(select(CrawlUrl).where(CrawlUrl.crawl_id == crawl.id).order_by(CrawlUrl.number))
            )
            lines = boilerplate.lines()
            if rows:
                _see_again(boilerplate, pages, rows)
            known: list[Known] = []
            is_limited = False
            if _follows(crawl.settings):
                last = _last(session, crawl)
                leads_on = _leads_on(crawl, last, pages)
                is_limited = not leads_on and last is not None and last.stopped_by == Reason.PAGE_BUDGET
                known = _known_pages(pages, lines, crawl.settings, leads_on=leads_on)
            job = self._job(crawl, known, rows, lines, headers=headers, spool=spool, hosts=hosts)
            job = structs.replace(job, whole=not dataset.only_main_content)
            ledger = Ledger(
                database=self.database,
                jobs=self.jobs,
                uploads=self.uploads,
                clock=self.clock,
                claim=claim,
                crawl_id=crawl.id,
                site_id=site.id,
                tenant_id=crawl.tenant_id,
                dataset_id=crawl.dataset_id,
                boilerplate=boilerplate,
                most=_number(crawl.settings["max_pages"]),
                share=self.limits.removal_share,
                is_limited=is_limited,
                number=repository.last_number(session, crawl.id),
                doubles=self._doubles(crawl, pages),
            )
            return job, ledger

    def _doubles(self, crawl: Crawl, pages: Sequence[SitePage]) -> Doubles:
        principal, dataset_id = crawler_of(crawl.tenant_id), crawl.dataset_id

        def clear(session: Session, page: SitePage) -> None:
            self.crawls.clear_page(session, principal, dataset_id, page)

        doubles = Doubles(crawl.site_id, crawl.id, clear, near=_merges(crawl.settings))
        doubles.know(pages)
        return doubles

    def _living(self, session: Session, claim: Claim) -> tuple[Crawl, CrawlSite, HomeDataset, dict[str, str]] | None:
        """The crawl, its site and its dataset, with the headers that the site wants; None, with the reason in the
        crawl's row, where there is nothing to do."""
        self.jobs.hold(session, claim)
        crawl = session.get(Crawl, claim.text("crawl_id"))
        if crawl is None or crawl.state not in {CrawlState.QUEUED, CrawlState.RUNNING}:
            return None
        site = session.get(CrawlSite, crawl.site_id)
        dataset = self.gate.living(session, crawl.dataset_id)
        if site is None or dataset is None:
            crawl.state, crawl.completed_at = CrawlState.CANCELLED, self.clock.now()
            return None
        try:
            return crawl, site, dataset, self.logins.headers(session, site)
        except SecretCannotBeRead as error:
            crawl.state, crawl.completed_at, crawl.error = CrawlState.FAILED, self.clock.now(), error.message
            tell_crawl(session, crawl, at=self.clock.now())
            return None

    def _job(
        self,
        crawl: Crawl,
        known: Sequence[Known],
        rows: Sequence[CrawlUrl],
        boilerplate: frozenset[bytes],
        *,
        headers: dict[str, str],
        spool: Path,
        hosts: Path,
    ) -> Job:
        limits = self.limits
        return Job(
            scope=_scope(crawl.settings),
            bounds=self._bounds(crawl, rows),
            manners=Manners(
                user_agent=limits.user_agent,
                pages_per_second=limits.pages_per_second,
                concurrency=limits.concurrency,
                timeout=limits.timeout,
                retries=limits.retries,
                hosts_folder=str(hosts),
                is_shared=True,
            ),
            spool=str(spool),
            egress_allow=limits.egress_allow,
            headers=headers,
            known=known,
            waiting=[_waiting(row) for row in rows if row.outcome == Outcome.WAITING or row.reason in SOFT],
            done=[row.url for row in rows if row.outcome != Outcome.WAITING and row.reason not in SOFT],
            boilerplate=b"".join(sorted(boilerplate)).hex(),
            rendering=self._rendering(crawl, rows),
        )

    def _rendering(self, crawl: Crawl, rows: Sequence[CrawlUrl]) -> Rendering | None:
        """What is left of it after an interruption; None where the site does without."""
        if not crawl.settings.get("render"):
            return None
        limit = self.limits.rendering
        return structs.replace(limit, pages=max(0, limit.pages - sum(row.rendered for row in rows)))

    def _bounds(self, crawl: Crawl, rows: Sequence[CrawlUrl]) -> Bounds:
        limits, minutes = self.limits, crawl.settings["max_minutes"]
        seconds = limits.max_seconds if minutes is None else min(limits.max_seconds, _number(minutes) * 60.0)
        return Bounds(
            max_pages=_number(crawl.settings["max_pages"]),
            max_depth=_number(crawl.settings["max_depth"]),
            max_bytes=limits.max_bytes,
            max_page_bytes=limits.max_page_bytes,
            max_seconds=seconds,
            memory_bytes=limits.memory_bytes,
            counted=sum(row.outcome in _PAGES for row in rows),
            bytes_spent=crawl.bytes_fetched,
            seconds_spent=float(crawl.seconds_spent),
        )


def _scope(settings: dict[str, object]) -> Scope:
    mode = CrawlMode(str(settings["mode"]))
    return Scope(
        start_url=str(settings["start_url"]),
        prefix=str(settings["path_prefix"] or "/"),
        include=_texts(settings["include"]),
        exclude=_texts(settings["exclude"]),
        follow_links=mode is CrawlMode.SITE,
        use_sitemaps=mode is CrawlMode.SITEMAP or (mode is CrawlMode.SITE and bool(settings["use_sitemaps"])),
        urls=_texts(settings["urls"]) if mode is CrawlMode.LIST else (),
        languages=_languages(settings),
    )


def _languages(settings: dict[str, object]) -> list[str]:
    return _texts(settings.get("languages"))  # a crawl from before there was the setting has none


def _merges(settings: dict[str, object]) -> bool:
    return bool(settings.get("merge_near_duplicates", True))


def _follows(settings: dict[str, object]) -> bool:
    """Whether the site's pages are asked for again although nothing may lead to them any more."""
    return CrawlMode(str(settings["mode"])) is not CrawlMode.LIST


def _living_pages(session: Session, site_id: str) -> list[SitePage]:
    """Pages whose file is there, and those that point to such a page. One that a person deleted is new when it is seen
    again."""
    wanted = (
        select(SitePage)
        .outerjoin(File, File.id == SitePage.file_id)
        .where(SitePage.site_id == site_id)
        .where((SitePage.duplicate_of.is_not(None)) | (File.deleted_at.is_(None) & File.id.is_not(None)))
        .order_by(SitePage.depth, SitePage.first_seen_at, SitePage.key)
    )
    return list(session.scalars(wanted))


def _see_again(boilerplate: Boilerplate, pages: Sequence[SitePage], rows: Sequence[CrawlUrl]) -> None:
    """After an interruption: what this crawl has kept counts as it did before."""
    kept = {row.key for row in rows if row.outcome == Outcome.KEPT}
    for page in pages:
        if page.key in kept:
            boilerplate.see(split(page.lines))


def _last(session: Session, crawl: Crawl) -> Crawl | None:
    """The crawl before this one."""
    earlier = select(Crawl).where(Crawl.site_id == crawl.site_id, Crawl.id < crawl.id)
    return session.scalar(earlier.order_by(Crawl.id.desc()).limit(1))


def _leads_on(crawl: Crawl, last: Crawl | None, pages: Sequence[SitePage]) -> bool:
    """Whether the links of pages that are known have to be read, which an answer of "not modified" has none of: the
    settings let other addresses through than last time, or not all links were followed then. A crawl that ended for
    its number of pages has as many as it may have, unless some of them are gone since."""
    if last is None or last.state not in {CrawlState.COMPLETED, CrawlState.HELD}:
        return True
    if last.stopped_by == Reason.PAGE_BUDGET:
        there = sum(not page.missed for page in pages)
        return there < _number(crawl.settings["max_pages"]) or last.settings != crawl.settings
    return last.stopped_by is not None or last.settings != crawl.settings


def _known_pages(
    pages: Sequence[SitePage], boilerplate: frozenset[bytes], settings: dict[str, object], *, leads_on: bool
) -> list[Known]:
    """A page that was missed last time is asked for without its validators, so that it comes whole if it is back, and
    so is one that points to a page which is not there any more or says something else by now, and one that the settings
    do not want."""
    standing = {page.url: page for page in pages if page.duplicate_of is None and not page.missed}
    wanted, near = _languages(settings), _merges(settings)

    def is_whole(page: SitePage) -> bool:
        if page.missed or not is_wanted(page.language, wanted):
            return True
        if page.duplicate_of is None:
            return False
        original = standing.get(page.duplicate_of)
        return original is None or not belongs(page, original, boilerplate, near=near)

    return [_known(page, boilerplate, whole=is_whole(page), leads_on=leads_on) for page in pages]


def _known(page: SitePage, boilerplate: frozenset[bytes], *, whole: bool, leads_on: bool) -> Known:
    if whole:
        return Known(page.url, page.depth)
    content = said_by(page.lines, page.content, boilerplate)
    if leads_on:
        return Known(page.url, page.depth, content=content)
    return Known(page.url, page.depth, page.etag, page.last_modified, page.sha256, content)


def _waiting(row: CrawlUrl) -> Waiting:
    return Waiting(row.url, row.depth, row.via, Reason(row.reason) if row.reason else None)


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _number(value: object) -> int:
    return int(str(value))
