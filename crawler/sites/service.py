"""The websites of a dataset: save, list, look, delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.sites.checks import checked, distinct
from crawler.sites.errors import SiteIsNotThere
from crawler.sites.logins import Logins
from crawler.sites.models import CrawlSite, SitePage
from crawler.sites.types import CrawlMode, SiteSchedule, SiteSettings, SiteView
from crawler.urls import normalised, url_key
from identity.types import Principal
from ingest.files.ports import DatasetGate
from kit.clock import Clock
from kit.egress.policy import AddressPolicy
from kit.ids import new_id
from kit.schedules.scheduler import Schedules
from kit.schedules.types import NewSchedule, ScheduleView, Trigger

SCHEDULED = "crawl"
"""The kind of schedule that crawls a site."""

_JITTER_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Sites:
    """All methods take the caller's session and leave committing to it. NotFound where a dataset or a site is not there
    for the caller."""

    gate: DatasetGate
    clock: Clock
    policy: AddressPolicy
    schedules: Schedules
    logins: Logins

    def list(self, session: Session, principal: Principal, dataset_id: str) -> Sequence[CrawlSite]:
        """Oldest first."""
        self.gate.readable(session, principal, dataset_id)
        wanted = select(CrawlSite).where(CrawlSite.dataset_id == dataset_id)
        return list(session.scalars(wanted.order_by(CrawlSite.id)))

    def get(self, session: Session, principal: Principal, dataset_id: str, site_id: str) -> CrawlSite:
        self.gate.readable(session, principal, dataset_id)
        row = session.get(CrawlSite, site_id)
        if row is None or row.dataset_id != dataset_id:
            raise SiteIsNotThere(site_id)
        return row

    def views(self, session: Session, principal: Principal, dataset_id: str) -> Sequence[SiteView]:
        rows = self.list(session, principal, dataset_id)
        return self._views(session, rows)

    def view(self, session: Session, row: CrawlSite) -> SiteView:
        return self._views(session, [row])[0]

    def _views(self, session: Session, rows: Sequence[CrawlSite]) -> Sequence[SiteView]:
        ids = [row.id for row in rows]
        pages, schedules = _pages(session, ids), self.schedules.of(session, SCHEDULED, ids)
        secret = self.logins.are_set(session, rows)
        return [_view(row, pages.get(row.id, 0), schedules.get(row.id), has_login=row.id in secret) for row in rows]

    def latest(self, session: Session, principal: Principal, dataset_id: str) -> SiteView | None:
        """The one that was changed or started last."""
        rows = self.list(session, principal, dataset_id)
        return self.view(session, max(rows, key=lambda row: (row.updated_at, row.id))) if rows else None

    def touch(
        self,
        session: Session,
        principal: Principal,
        dataset_id: str,
        start_url: str,
        *,
        max_pages: int | None = None,
        max_depth: int | None = None,
        path_prefix: str | None = None,
        render: bool | None = None,
        languages: Sequence[str] | None = None,
    ) -> CrawlSite:
        """The site with this start address as it was saved, with what is given now on top."""
        self.gate.readable(session, principal, dataset_id)
        found = self._by_start(session, dataset_id, normalised(start_url) or start_url)
        saved = SiteSettings(start_url) if found is None else settings_of(found)
        wanted = replace(
            saved,
            max_pages=saved.max_pages if max_pages is None else max_pages,
            max_depth=saved.max_depth if max_depth is None else max_depth,
            path_prefix=saved.path_prefix if path_prefix is None else path_prefix,
            render=saved.render if render is None else render,
            languages=saved.languages if languages is None else languages,
        )
        return self.save(session, principal, dataset_id, wanted)

    @staticmethod
    def _by_start(session: Session, dataset_id: str, start_url: str) -> CrawlSite | None:
        key = url_key(start_url)
        wanted = select(CrawlSite).where(CrawlSite.dataset_id == dataset_id, CrawlSite.start_key == key)
        return session.scalar(wanted)

    def save(
        self,
        session: Session,
        principal: Principal,
        dataset_id: str,
        settings: SiteSettings,
        schedule: SiteSchedule | None = None,
    ) -> CrawlSite:
        """The site with this start address, made or changed; its schedule stays as it is where none is given. Invalid,
        AddressRefused for what cannot be crawled, or InvalidSchedule."""
        dataset = self.gate.readable(session, principal, dataset_id)
        settings = checked(settings, self.policy)
        row, now = self._by_start(session, dataset_id, settings.start_url), self.clock.now()
        if row is None:
            row = CrawlSite(id=new_id(), tenant_id=dataset.tenant_id, dataset_id=dataset_id, created_at=now)
            row.start_url, row.start_key = settings.start_url, url_key(settings.start_url)
            row.boilerplate = ""
            session.add(row)
        _fill(row, settings)
        row.updated_at = now
        session.flush()
        if schedule is not None:
            self.schedules.put(session, _new_schedule(row, schedule))
        return row


def _pages(session: Session, site_ids: Sequence[str]) -> dict[str, int]:
    """Pages that are files of the dataset, by site."""
    wanted = select(SitePage.site_id, func.count()).where(SitePage.site_id.in_(site_ids), SitePage.file_id.is_not(None))
    return {row[0]: row[1] for row in session.execute(wanted.group_by(SitePage.site_id))}


def _new_schedule(row: CrawlSite, schedule: SiteSchedule) -> NewSchedule:
    jitter = _JITTER_SECONDS if schedule.trigger in {Trigger.WEEKLY, Trigger.MONTHLY} else 0
    return NewSchedule(
        row.tenant_id, SCHEDULED, row.id, schedule.trigger, schedule.cron, schedule.time_zone, jitter_seconds=jitter
    )


def _view(row: CrawlSite, pages: int, schedule: ScheduleView | None, *, has_login: bool) -> SiteView:
    shown = SiteSchedule() if schedule is None else SiteSchedule(schedule.trigger, schedule.cron, schedule.time_zone)
    return SiteView(
        id=row.id,
        dataset_id=row.dataset_id,
        settings=settings_of(row),
        pages=pages,
        has_login=has_login,
        schedule=shown,
        next_at=None if schedule is None else schedule.next_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _fill(row: CrawlSite, settings: SiteSettings) -> None:
    row.max_pages, row.max_depth, row.max_minutes = settings.max_pages, settings.max_depth, settings.max_minutes
    row.path_prefix = settings.path_prefix
    row.include, row.exclude = distinct(settings.include), distinct(settings.exclude)
    row.mode, row.urls, row.use_sitemaps = settings.mode.value, list(settings.urls), settings.use_sitemaps
    row.render = settings.render
    row.languages, row.merge_near_duplicates = distinct(settings.languages), settings.merge_near_duplicates


def settings_of(row: CrawlSite) -> SiteSettings:
    return SiteSettings(
        start_url=row.start_url,
        max_pages=row.max_pages,
        max_depth=row.max_depth,
        max_minutes=row.max_minutes,
        path_prefix=row.path_prefix,
        include=tuple(row.include),
        exclude=tuple(row.exclude),
        mode=CrawlMode(row.mode),
        urls=tuple(row.urls),
        use_sitemaps=row.use_sitemaps,
        render=row.render,
        languages=tuple(row.languages),
        merge_near_duplicates=row.merge_near_duplicates,
    )


def stored(settings: SiteSettings) -> dict[str, object]:
    """For a crawl's row: later changes of the site do not reach into it."""
    return {
        "start_url": settings.start_url,
        "max_pages": settings.max_pages,
        "max_depth": settings.max_depth,
        "max_minutes": settings.max_minutes,
        "path_prefix": settings.path_prefix,
        "include": list(settings.include),
        "exclude": list(settings.exclude),
        "mode": settings.mode.value,
        "urls": list(settings.urls),
        "use_sitemaps": settings.use_sitemaps,
        "render": settings.render,
        "languages": list(settings.languages),
        "merge_near_duplicates": settings.merge_near_duplicates,
    }
