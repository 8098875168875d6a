"""How a crawl ends: what was not reached is said, what is gone is removed, or held for a person where it is much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from crawler.crawls.events import tell_crawl
from crawler.crawls.models import Crawl, CrawlUrl
from crawler.crawls.ports import Holds
from crawler.crawls.service import Crawls
from crawler.crawls.types import Asked, CrawlState
from crawler.engine.messages import Done
from crawler.reasons import Outcome, Reason
from crawler.running.acting import crawler_of
from crawler.running.doubles import BY_TEXT
from crawler.running.ledger import Ledger
from crawler.running.limits import GRACE, CrawlLimits, is_too_much
from crawler.sites.models import CrawlSite, SitePage
from kit.clock import Clock
from kit.db.database import Database
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim

_AT_ONCE = 50
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finish:
    database: Database
    jobs: JobQueue
    crawls: Crawls
    holds: Holds
    clock: Clock
    limits: CrawlLimits

    def stopped(self, claim: Claim, ledger: Ledger, asked: Asked) -> None:
        """By a person. What has come is kept; after a pause the rest is fetched later."""
        if asked is Asked.CANCEL:
            ledger.settle()
        with self.database.write() as session:
            self.jobs.hold(session, claim)
            crawl = session.get_one(Crawl, ledger.crawl_id)
            crawl.asked, crawl.stats = None, {}
            if asked is Asked.PAUSE:
                crawl.state = CrawlState.PAUSED
            else:
                self._close_frontier(session, crawl, Reason.NOT_REACHED)
                crawl.state, crawl.completed_at = CrawlState.CANCELLED, self.clock.now()
            tell_crawl(session, crawl, at=self.clock.now())
            self.jobs.complete(session, claim)

    def completed(self, claim: Claim, ledger: Ledger, done: Done) -> None:
        ledger.settle()
        with self.database.write() as session:
            self.jobs.hold(session, claim, progressed=True)
            crawl = session.get_one(Crawl, ledger.crawl_id)
            crawl.stats = done.stats
            crawl.stopped_by = done.stopped_by or (Reason.PAGE_BUDGET if ledger.is_limited else None)
            self._close_frontier(session, crawl, done.stopped_by or Reason.NOT_REACHED)
            site = session.get(CrawlSite, crawl.site_id)
            if site is not None:
                site.boilerplate = ledger.boilerplate.joined().hex()
            crawl.error = self._failure(session, crawl)
            has_failed = crawl.error is not None
            overdue = [] if has_failed else self._overdue(session, crawl)
            crawl.removals = 0 if has_failed else len(overdue) + self._lost_doubles(session, crawl)
            is_held = not has_failed and self._is_too_much(session, crawl)
        if not has_failed:  # whoever saw no page knows of none that it is gone
            self._clear_doubles(claim, ledger, all_of_them=not is_held)
        if not is_held:
            self._remove(claim, ledger, overdue)
        self._end(claim, ledger, is_held=is_held)

    def _end(self, claim: Claim, ledger: Ledger, *, is_held: bool) -> None:
        with self.database.write() as session:
            self.jobs.hold(session, claim)
            crawl = session.get_one(Crawl, ledger.crawl_id)
            crawl.state = CrawlState.HELD if is_held else CrawlState.COMPLETED
            if crawl.error is not None:
                crawl.state = CrawlState.FAILED
            crawl.completed_at = self.clock.now()
            if crawl.state == CrawlState.HELD:
                self.holds.began(session, crawl)
            tell_crawl(session, crawl, at=self.clock.now())
            self.jobs.complete(session, claim)
        _log.info("crawl.ended", crawl_id=ledger.crawl_id, state=crawl.state, pages=crawl.pages_crawled)

    @staticmethod
    def _close_frontier(session: Session, crawl: Crawl, reason: Reason) -> None:
        waiting = (CrawlUrl.crawl_id == crawl.id) & (CrawlUrl.outcome == Outcome.WAITING)
        session.execute(update(CrawlUrl).where(waiting).values(outcome=Outcome.SKIPPED, reason=reason))

    @staticmethod
    def _failure(session: Session, crawl: Crawl) -> str | None:
        """A crawl that has got no page at all because its start failed has failed, and says why."""
        if crawl.pages_crawled:
            return None
        first = session.scalar(
            select(CrawlUrl).where(CrawlUrl.crawl_id == crawl.id).order_by(CrawlUrl.depth, CrawlUrl.number).limit(1)
        )
        if first is None:
            return "the site's sitemaps list no page"
        why = f"{first.reason}: {first.detail}" if first.detail else str(first.reason)
        return f"no page of the site could be fetched; {first.url} ended with {why}"

    @staticmethod
    def _overdue(session: Session, crawl: Crawl) -> Sequence[str]:
        wanted = select(SitePage.key).where(SitePage.site_id == crawl.site_id, SitePage.missed >= GRACE)
        return list(session.scalars(wanted.order_by(SitePage.key)))

    def _is_too_much(self, session: Session, crawl: Crawl) -> bool:
        """Addresses that only point to another page's file cost nothing when they go, nor do files whose text another
        one has."""
        files = select(func.count()).where(SitePage.site_id == crawl.site_id, SitePage.file_id.is_not(None))
        pages = session.scalar(files) or 0
        alone = SitePage.duplicate_of.is_(None)
        removals = session.scalar(files.where(alone, SitePage.missed >= GRACE)) or 0
        removals += self._lost_doubles(session, crawl)
        return is_too_much(removals, of=pages, share=self.limits.removal_share)

    @staticmethod
    def _lost_doubles(session: Session, crawl: Crawl) -> int:
        """Files of pages that name another address as their own although it may say something else."""
        mine = (SitePage.site_id == crawl.site_id) & SitePage.file_id.is_not(None) & SitePage.duplicate_of.is_not(None)
        named = SitePage.duplicate_by.is_(None) | SitePage.duplicate_by.not_in(BY_TEXT)
        return session.scalar(select(func.count()).where(mine, named)) or 0

    def _clear_doubles(self, claim: Claim, ledger: Ledger, *, all_of_them: bool) -> None:
        """Files of pages that point to another one now. Of those that only name it a person may have to decide."""
        mine = (SitePage.site_id == ledger.site_id) & SitePage.file_id.is_not(None) & SitePage.duplicate_of.is_not(None)
        wanted = select(SitePage).where(mine).order_by(SitePage.key).limit(_AT_ONCE)
        wanted = wanted if all_of_them else wanted.where(SitePage.duplicate_by.in_(BY_TEXT))
        while True:
            with self.database.write() as session:
                self.jobs.hold(session, claim, progressed=True)
                pages = session.scalars(wanted).all()
                for page in pages:
                    ledger.doubles.clear(session, page)
            if len(pages) < _AT_ONCE:
                return

    def _remove(self, claim: Claim, ledger: Ledger, keys: Sequence[str]) -> None:
        principal = crawler_of(ledger.tenant_id)
        for start in range(0, len(keys), _AT_ONCE):
            with self.database.write() as session:
                self.jobs.hold(session, claim, progressed=True)
                for key in keys[start : start + _AT_ONCE]:
                    page = session.get(SitePage, (ledger.site_id, key))
                    if page is not None:
                        self.crawls.remove_page(session, principal, ledger.dataset_id, page)
