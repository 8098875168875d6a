"""Crawls: start, follow, pause, go on, cancel, and decide about what a crawl would remove."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crawler.crawls import repository
from crawler.crawls.errors import CrawlCannotDoThat, CrawlIsNotThere, CrawlIsUnderWay
from crawler.crawls.events import tell_crawl
from crawler.crawls.jobs import RUN, run_job
from crawler.crawls.models import Crawl, CrawlUrl
from crawler.crawls.ports import Holds
from crawler.crawls.types import UNFINISHED, Asked, CrawlState, CrawlUrlView, CrawlView, Trigger, UrlQuery
from crawler.reasons import Outcome, Reason
from crawler.sites.logins import Logins
from crawler.sites.models import CrawlSite, PageVersion, SitePage
from crawler.sites.service import SCHEDULED, settings_of, stored
from identity.types import Principal
from ingest.files.ports import DatasetGate
from ingest.files.service import Files
from kit.clock import Clock
from kit.errors import Invalid, NotFound
from kit.ids import new_id
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from kit.pagination import Page, PageRequest, encode_cursor
from kit.schedules.scheduler import Schedules


@dataclass(frozen=True, slots=True)
class Crawls:
    """All methods take the caller's session and leave committing to it. NotFound where a dataset or a crawl is not
    there for the caller."""

    gate: DatasetGate
    queue: JobQueue
    files: Files
    schedules: Schedules
    logins: Logins
    holds: Holds
    clock: Clock

    def start(
        self, session: Session, site: CrawlSite, *, at: datetime | None = None, trigger: Trigger = Trigger.MANUAL
    ) -> Crawl:
        """A crawl of the site, now or later. CrawlIsUnderWay while another has not ended. The site comes from Sites, so
        the caller may see it."""
        running = repository.unfinished(session, site.id)
        if running is not None:
            raise CrawlIsUnderWay(site.start_url, running.id, running.state)
        crawl = Crawl(
            id=new_id(),
            tenant_id=site.tenant_id,
            dataset_id=site.dataset_id,
            site_id=site.id,
            state=CrawlState.QUEUED,
            trigger=trigger,
            settings=stored(settings_of(site)),
            stats={},
            scheduled_for=at,
            created_at=self.clock.now(),
        )
        try:
            with session.begin_nested():
                session.add(crawl)
        except IntegrityError as error:  # somebody else was quicker; the index admits one
            running = repository.unfinished(session, site.id)
            state = running.state if running else CrawlState.QUEUED
            raise CrawlIsUnderWay(site.start_url, running.id if running else "?", state) from error
        self.queue.enqueue(
            session, run_job(tenant_id=site.tenant_id, dataset_id=site.dataset_id, crawl_id=crawl.id, run_after=at)
        )
        tell_crawl(session, crawl, at=self.clock.now())
        return crawl

    def get(self, session: Session, principal: Principal, dataset_id: str, crawl_id: str) -> CrawlView:
        return self._views(session, [self._row(session, principal, dataset_id, crawl_id)])[0]

    def last(self, session: Session, site_id: str) -> CrawlView | None:
        row = session.scalar(select(Crawl).where(Crawl.site_id == site_id).order_by(Crawl.id.desc()).limit(1))
        return None if row is None else self._views(session, [row])[0]

    def history(
        self, session: Session, principal: Principal, dataset_id: str, page: PageRequest, *, site_id: str | None = None
    ) -> Page[CrawlView]:
        """Newest first."""
        self.gate.readable(session, principal, dataset_id)
        limit = page.limit + 1
        rows = repository.of_dataset(session, dataset_id, site_id=site_id, before=page.after, limit=limit)
        shown = rows[: page.limit]
        cursor = encode_cursor(shown[-1].id) if len(rows) > page.limit else None
        return Page(self._views(session, shown), cursor)

    def urls(
        self,
        session: Session,
        principal: Principal,
        dataset_id: str,
        crawl_id: str,
        *,
        query: UrlQuery,
        page: PageRequest,
    ) -> Page[CrawlUrlView]:
        """In the order in which they were found."""
        crawl = self._row(session, principal, dataset_id, crawl_id)
        after = 0 if page.after is None else _number(page.after)
        rows = repository.urls(session, crawl_id, query, after=after, limit=page.limit + 1)
        shown = rows[: page.limit]
        cursor = encode_cursor(str(shown[-1].number)) if len(rows) > page.limit else None
        pages = repository.pages_by_key(session, crawl.site_id, [row.key for row in shown])
        return Page([_url_view(row, pages.get(row.key)) for row in shown], cursor)

    def cancel(self, session: Session, principal: Principal, dataset_id: str, crawl_id: str) -> CrawlView:
        """Pages that it has brought stay. One that runs stops within moments."""
        crawl = self._row(session, principal, dataset_id, crawl_id)
        if crawl.state in UNFINISHED:
            self.call_off(session, crawl)
        elif crawl.state != CrawlState.CANCELLED:
            raise CrawlCannotDoThat(crawl_id, crawl.state, "cancelled")
        return self._told(session, crawl)

    def call_off(self, session: Session, crawl: Crawl) -> None:
        """Of a crawl that has not ended, and that the caller may see."""
        if crawl.state == CrawlState.RUNNING:
            crawl.asked = Asked.CANCEL
        else:
            self.queue.cancel(session, subject=crawl.id, kinds=[RUN])
            crawl.state, crawl.completed_at = CrawlState.CANCELLED, self.clock.now()
        tell_crawl(session, crawl, at=self.clock.now())

    def revive(self, session: Session, crawl: Crawl, job: Job) -> str:
        """A crawl that has failed goes on from its frontier; the id of its job."""
        crawl.state, crawl.asked, crawl.error, crawl.completed_at = CrawlState.QUEUED, None, None, None
        tell_crawl(session, crawl, at=self.clock.now())
        return self.queue.requeue(session, job.id)

    def pause(self, session: Session, principal: Principal, dataset_id: str, crawl_id: str) -> CrawlView:
        """It keeps its place; `resume` lets it go on from there."""
        crawl = self._row(session, principal, dataset_id, crawl_id)
        if crawl.state == CrawlState.RUNNING:
            crawl.asked = Asked.PAUSE
        elif crawl.state == CrawlState.QUEUED:
            self.queue.cancel(session, subject=crawl.id, kinds=[RUN])
            crawl.state = CrawlState.PAUSED
        elif crawl.state != CrawlState.PAUSED:
            raise CrawlCannotDoThat(crawl_id, crawl.state, "paused")
        return self._told(session, crawl)

    def resume(self, session: Session, principal: Principal, dataset_id: str, crawl_id: str) -> CrawlView:
        crawl = self._row(session, principal, dataset_id, crawl_id)
        if crawl.state == CrawlState.RUNNING and crawl.asked == Asked.PAUSE:
            crawl.asked = None
        elif crawl.state == CrawlState.PAUSED:
            crawl.state, crawl.asked = CrawlState.QUEUED, None
            self.queue.enqueue(
                session, run_job(tenant_id=crawl.tenant_id, dataset_id=crawl.dataset_id, crawl_id=crawl.id)
            )
        elif crawl.state not in {CrawlState.RUNNING, CrawlState.QUEUED}:
            raise CrawlCannotDoThat(crawl_id, crawl.state, "resumed")
        return self._told(session, crawl)

    def decide(
        self, session: Session, principal: Principal, dataset_id: str, crawl_id: str, *, remove: bool, grace: int
    ) -> CrawlView:
        """About a crawl that is held: remove the pages that it did not find any more, or keep them for now."""
        self._row(session, principal, dataset_id, crawl_id)
        crawl = repository.held(session, crawl_id)
        if crawl is None:
            raise CrawlIsNotThere(crawl_id)
        if crawl.state != CrawlState.HELD:
            raise CrawlCannotDoThat(crawl_id, crawl.state, "decided about")
        overdue = (SitePage.site_id == crawl.site_id) & (SitePage.missed >= grace)
        doubles = (
            (SitePage.site_id == crawl.site_id) & SitePage.duplicate_of.is_not(None) & SitePage.file_id.is_not(None)
        )
        if remove:
            for page in session.scalars(select(SitePage).where(overdue)).all():
                self.remove_page(session, principal, dataset_id, page)
            for page in session.scalars(select(SitePage).where(doubles)).all():
                self.clear_page(session, principal, dataset_id, page)
        else:
            session.execute(update(SitePage).where(overdue).values(missed=0))
            session.execute(update(SitePage).where(doubles).values(duplicate_of=None, duplicate_by=None))
            crawl.removals = 0
        crawl.state = CrawlState.COMPLETED
        self.holds.ended(session, principal, crawl, removes=remove)
        return self._told(session, crawl)

    def remove_page(self, session: Session, principal: Principal, dataset_id: str, page: SitePage) -> None:
        """Its file is no longer found from the end of the transaction on."""
        if page.file_id is not None:
            with suppress(NotFound):  # a person was quicker
                self.files.delete(session, principal, dataset_id, page.file_id)
        here = (PageVersion.site_id == page.site_id) & (PageVersion.key == page.key)
        session.execute(delete(PageVersion).where(here))
        session.delete(page)

    def clear_page(self, session: Session, principal: Principal, dataset_id: str, page: SitePage) -> None:
        """As `remove_page`, but that it points to another page stays known."""
        if page.file_id is not None:
            with suppress(NotFound):  # a person was quicker
                self.files.delete(session, principal, dataset_id, page.file_id)
        here = (PageVersion.site_id == page.site_id) & (PageVersion.key == page.key)
        session.execute(delete(PageVersion).where(here))
        page.file_id, page.missed = None, 0

    def remove_site(self, session: Session, principal: Principal, site: CrawlSite, *, keep_files: bool = False) -> int:
        """The site with its crawls, and unless they are kept its pages' files; how many of these. A crawl that runs
        notices and ends. The site comes from Sites, so the caller may see it."""
        running = repository.unfinished(session, site.id)
        if running is not None:
            self.queue.cancel(session, subject=running.id, kinds=[RUN])
        pages = session.scalars(
            select(SitePage).where(SitePage.site_id == site.id, SitePage.file_id.is_not(None))
        ).all()
        for page in () if keep_files else pages:
            self.remove_page(session, principal, site.dataset_id, page)
        session.flush()
        self.schedules.remove(session, SCHEDULED, site.id)
        self.logins.forget(session, site)
        self.holds.dropped(session, repository.held_of_site(session, site.id))
        repository.delete_site_rows(session, site.id)
        session.delete(site)
        return 0 if keep_files else len(pages)

    def _told(self, session: Session, crawl: Crawl) -> CrawlView:
        """After a change."""
        tell_crawl(session, crawl, at=self.clock.now())
        return self._views(session, [crawl])[0]

    def _row(self, session: Session, principal: Principal, dataset_id: str, crawl_id: str) -> Crawl:
        self.gate.readable(session, principal, dataset_id)
        return repository.get(session, dataset_id, crawl_id)

    @staticmethod
    def _views(session: Session, rows: Sequence[Crawl]) -> list[CrawlView]:
        session.flush()
        ids = [row.id for row in rows]
        counts, indexed = repository.counts(session, ids), repository.indexed(session, ids)
        drawn = repository.rendered(session, ids)
        return [_view(row, counts[row.id], indexed.get(row.id, 0), drawn.get(row.id, 0)) for row in rows]


def _view(row: Crawl, counts: dict[Outcome, int], indexed: int, rendered: int) -> CrawlView:
    return CrawlView(
        id=row.id,
        site_id=row.site_id,
        start_url=str(row.settings["start_url"]),
        state=CrawlState(row.state),
        trigger=Trigger(row.trigger),
        pages_crawled=row.pages_come,
        pages_indexed=indexed,
        pages_failed=row.pages_failed,
        pages_rendered=rendered,
        bytes_fetched=row.bytes_come,
        removals=row.removals,
        counts=counts,
        stopped_by=Reason(row.stopped_by) if row.stopped_by else None,
        error=row.error,
        scheduled_for=row.scheduled_for,
        created_at=row.created_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
    )


def _url_view(row: CrawlUrl, page: SitePage | None) -> CrawlUrlView:
    return CrawlUrlView(
        url=row.url,
        outcome=Outcome(row.outcome),
        reason=Reason(row.reason) if row.reason else None,
        detail=row.detail,
        target=row.target,
        depth=row.depth,
        via=row.via,
        status=row.status,
        size=row.size,
        file_id=row.file_id,
        rendered=row.rendered,
        ended_at=row.ended_at,
        language=page.language if page else None,
        alternate_of=page.alternate_of if page else None,
    )


def _number(key: str) -> int:
    if not (key.isascii() and key.isdigit() and len(key) <= 9):
        raise Invalid(f"cursor {encode_cursor(key)!r} is not one that this list gave out; start again without a cursor")
    return int(key)
