"""Websites and their crawls as the dashboard sends and receives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field

from api.dashboard.knowledge_base.schemas.files import Pagination
from api.fields import NO_COERCION, STORABLE, Flag, RequestBody, ResponseBody, Since
from crawler.crawls.types import CrawlState, CrawlUrlView, CrawlView, ShownCrawlStatus, Trigger
from crawler.reasons import SENTENCES, Outcome, Reason
from crawler.sites.logins import SiteLogin
from crawler.sites.types import DEFAULT_MAX_DEPTH, DEFAULT_MAX_PAGES, CrawlMode, SiteSchedule, SiteSettings, SiteView
from kit.pagination import Page
from kit.schedules import types as kit_schedules

ScheduleChoice: TypeAlias = Literal["manual", "weekly", "monthly", "cron"]

_LONGEST_URL = 2000
_MOST_PAGES, _DEEPEST = 100_000, 100
_RENDER = "Whether pages without text are drawn in a browser, for what scripts put there; it has to be installed"

Url: TypeAlias = Annotated[str, Field(min_length=1, max_length=_LONGEST_URL, pattern=r"^\s*[hH][tT]{2}[pP]"), STORABLE]
Patterns: TypeAlias = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=500), STORABLE]],
    Field(max_length=100, description="`*` stands for anything; with `/` in front it begins where the path does"),
]
Languages: TypeAlias = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=35), STORABLE]],
    Field(max_length=50, description="Only pages in these, such as `en` (with `en-us`) or `pt-br`; none given: all"),
]
PathFilter: TypeAlias = Annotated[
    str, Field(max_length=1000, description="Only addresses whose path begins with it, such as `/blog`"), STORABLE
]
MaxPages: TypeAlias = Annotated[int, Field(ge=1, le=_MOST_PAGES, description="Pages fetched at most"), NO_COERCION]
MaxDepth: TypeAlias = Annotated[
    int, Field(ge=0, le=_DEEPEST, description="Links away from the start at most"), NO_COERCION
]


class CrawlConfiguration(RequestBody):
    """The site with this start address, made or changed; nothing is started."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"startUrl": "https://docs.example.org/", "maxPages": 500, "exclude": ["/tags/*"]}
        }
    )

    start_url: Url
    max_pages: MaxPages = DEFAULT_MAX_PAGES
    max_depth: MaxDepth = DEFAULT_MAX_DEPTH
    max_minutes: Annotated[int, Field(ge=1, le=10_080), NO_COERCION] | None = None
    url_path_filter: PathFilter | None = None
    include: Patterns = Field(default_factory=list)
    exclude: Patterns = Field(default_factory=list)
    mode: CrawlMode = Field(
        CrawlMode.SITE, description="`site`: links and sitemaps; `sitemap`: what sitemaps list; `list`: only `urls`"
    )
    urls: list[Url] = Field(default_factory=list, max_length=5000, description="Addresses for mode `list`")
    use_sitemaps: Flag = Field(True, description="Whether mode `site` reads sitemaps beside following links")
    render: Flag = Field(False, description=_RENDER)
    languages: Languages = Field(default_factory=list)
    merge_near_duplicates: Flag = Field(
        True, description="Whether pages that say nearly the same, such as older versions of a manual, are one file"
    )
    schedule: ScheduleChoice | None = Field(
        None, description="`cron` goes with `cron` and `timeZone`; null: as it was, or for a new website `manual`"
    )
    cron: Annotated[str, Field(max_length=200), STORABLE] | None = Field(None, description="Five fields, or `@daily`")
    time_zone: Annotated[str, Field(max_length=64), STORABLE] = Field(
        "UTC", description="Whose clock the schedule goes by, changes of daylight saving included"
    )

    def to_schedule(self) -> SiteSchedule | None:
        if self.schedule is None and self.cron is None:
            return None
        trigger = kit_schedules.Trigger(self.schedule or "cron")
        return SiteSchedule(trigger, self.cron, self.time_zone)

    def to_settings(self) -> SiteSettings:
        return SiteSettings(
            start_url=self.start_url,
            max_pages=self.max_pages,
            max_depth=self.max_depth,
            max_minutes=self.max_minutes,
            path_prefix=self.url_path_filter,
            include=tuple(self.include),
            exclude=tuple(self.exclude),
            mode=self.mode,
            urls=tuple(self.urls),
            use_sitemaps=self.use_sitemaps,
            render=self.render,
            languages=tuple(self.languages),
            merge_near_duplicates=self.merge_near_duplicates,
        )


class CrawlRequest(RequestBody):
    """What is left out is as saved for the site with this start address, or else 200 pages, 3 links deep."""

    model_config = ConfigDict(json_schema_extra={"example": {"startUrl": "https://docs.example.org/", "maxPages": 200}})

    start_url: Url
    max_pages: MaxPages | None = None
    max_depth: MaxDepth | None = None
    url_path_filter: PathFilter | None = None
    render: Flag | None = Field(None, description=_RENDER)
    schedule_for: Since | None = Field(None, description="When to begin; null: at once")


SecretText: TypeAlias = Annotated[str, Field(max_length=4000), STORABLE]
Named: TypeAlias = Annotated[dict[str, SecretText], Field(max_length=20)]


class CrawlLogin(RequestBody):
    """What the website wants from those who may see it. It is sent to the origin of its start address, nowhere else,
    and never shown again."""

    model_config = ConfigDict(json_schema_extra={"example": {"username": "reader", "password": "…"}})

    username: SecretText | None = Field(None, description="With `password`: HTTP basic authentication")
    password: SecretText | None = None
    headers: Named = Field(default_factory=dict, description="Such as `Authorization` or `X-Api-Key`, by name")
    cookies: Named = Field(default_factory=dict, description="By name, as a browser that is signed in has them")

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        return []

    def to_login(self) -> SiteLogin:
        return SiteLogin(self.username, self.password, self.headers, self.cookies)


class CrawlStarted(ResponseBody):
    crawl_job_id: str
    status: Literal["queued"] = "queued"


class LastCrawl(ResponseBody):
    id: str
    status: ShownCrawlStatus
    state: CrawlState
    pages_crawled: int
    pages_indexed: int
    completed_at: datetime | None

    @classmethod
    def of(cls, view: CrawlView) -> LastCrawl:
        return cls(
            id=view.id,
            status=view.status,
            state=view.state,
            pages_crawled=view.pages_crawled,
            pages_indexed=view.pages_indexed,
            completed_at=view.completed_at,
        )


class CrawlConfig(ResponseBody):
    """Without a site `startUrl` and `siteId` are null, and the rest is what a new one would have."""

    dataset_id: str
    site_id: str | None
    start_url: str | None
    max_pages: int
    max_depth: int
    max_minutes: int | None
    url_path_filter: str | None
    include: Sequence[str]
    exclude: Sequence[str]
    mode: CrawlMode
    urls: Sequence[str]
    use_sitemaps: bool
    render: bool = Field(description=_RENDER)
    languages: Sequence[str]
    merge_near_duplicates: bool
    schedule: Literal["manual", "weekly", "monthly"] | None = Field(description="null where `cron` says it")
    cron: str | None
    time_zone: str
    next_crawl_at: datetime | None = Field(description="When it is crawled next by itself")
    pages: int = Field(description="Pages of the site that are in the dataset")
    login: Literal["set"] | None = Field(description="Whether crawls sign in; with what is not shown")
    last_crawl: LastCrawl | None

    @classmethod
    def of(cls, dataset_id: str, view: SiteView | None, last: CrawlView | None) -> CrawlConfig:
        settings = view.settings if view is not None else None
        shown = settings or SiteSettings("")
        return cls(
            dataset_id=dataset_id,
            site_id=view.id if view is not None else None,
            start_url=settings.start_url if settings is not None else None,
            max_pages=shown.max_pages,
            max_depth=shown.max_depth,
            max_minutes=shown.max_minutes,
            url_path_filter=shown.path_prefix,
            include=shown.include,
            exclude=shown.exclude,
            mode=shown.mode,
            urls=shown.urls,
            use_sitemaps=shown.use_sitemaps,
            render=shown.render,
            languages=shown.languages,
            merge_near_duplicates=shown.merge_near_duplicates,
            schedule=_published(view.schedule) if view is not None else None,
            cron=view.schedule.cron if view is not None else None,
            time_zone=view.schedule.time_zone if view is not None else "UTC",
            next_crawl_at=view.next_at if view is not None else None,
            pages=view.pages if view is not None else 0,
            login="set" if view is not None and view.has_login else None,
            last_crawl=LastCrawl.of(last) if last is not None else None,
        )


def _published(schedule: SiteSchedule) -> Literal["manual", "weekly", "monthly"] | None:
    """In the words of the published API, which has none for a cron expression."""
    match schedule.trigger:
        case kit_schedules.Trigger.CRON:
            return None
        case kit_schedules.Trigger.WEEKLY:
            return "weekly"
        case kit_schedules.Trigger.MONTHLY:
            return "monthly"
        case kit_schedules.Trigger.MANUAL:
            return "manual"


class SiteList(ResponseBody):
    data: list[CrawlConfig]


class SiteDeleted(ResponseBody):
    deleted: Literal[True] = True
    files_removed: int


class CrawlStatus(ResponseBody):
    crawl_job_id: str
    status: ShownCrawlStatus = Field(description="A paused crawl shows as `queued`, a cancelled one as `failed`")
    state: CrawlState = Field(description="What it is exactly; `held`: what it would remove waits for a person")
    pages_crawled: int
    pages_indexed: int
    pages_failed: int
    error_message: str | None
    completed_at: datetime | None

    @classmethod
    def of(cls, view: CrawlView) -> CrawlStatus:
        return cls(
            crawl_job_id=view.id,
            status=view.status,
            state=view.state,
            pages_crawled=view.pages_crawled,
            pages_indexed=view.pages_indexed,
            pages_failed=view.pages_failed,
            error_message=view.error,
            completed_at=view.completed_at,
        )


class CrawlRecord(CrawlStatus):
    """A crawl with all that is known of it."""

    site_id: str
    start_url: str
    trigger: Trigger
    stop_reason: Reason | None = Field(description="Why it ended although there was more to fetch; else null")
    counts: Mapping[Outcome, int] = Field(description="Addresses by how they ended")
    bytes_fetched: int
    pages_rendered: int = Field(description="Pages drawn in a browser")
    pages_to_remove: int = Field(description="Pages that it did not find any more; removed, or held for a person")
    scheduled_for: datetime | None
    created_on: datetime
    started_at: datetime | None

    @classmethod
    def in_full(cls, view: CrawlView) -> CrawlRecord:
        return cls(
            **dict(CrawlStatus.of(view)),
            site_id=view.site_id,
            start_url=view.start_url,
            trigger=view.trigger,
            stop_reason=view.stopped_by,
            counts=view.counts,
            bytes_fetched=view.bytes_fetched,
            pages_rendered=view.pages_rendered,
            pages_to_remove=view.removals,
            scheduled_for=view.scheduled_for,
            created_on=view.created_at,
            started_at=view.started_at,
        )


class CrawlPage(ResponseBody):
    data: list[CrawlRecord]
    pagination: Pagination

    @classmethod
    def of(cls, page: Page[CrawlView], *, limit: int) -> CrawlPage:
        pagination = Pagination(limit=limit, next_cursor=page.next_cursor, has_more=page.next_cursor is not None)
        return cls(data=[CrawlRecord.in_full(item) for item in page.items], pagination=pagination)


class CrawlUrl(ResponseBody):
    url: str
    outcome: Outcome
    reason: Reason | None
    explanation: str = Field(description="The reason in words, with what is known beside it")
    target: str | None = Field(description="Where it points: a redirect's target, or the page it is a duplicate of")
    language: str | None = Field(description="Of the page as it is known now")
    alternate_of: str | None = Field(description="The page that stands for all translations of this one")
    depth: int
    found_on: str | None
    http_status: int | None
    size_bytes: int
    file_id: str | None
    rendered: bool = Field(description="Whether a browser has drawn it")
    ended_at: datetime | None

    @classmethod
    def of(cls, view: CrawlUrlView) -> CrawlUrl:
        said = SENTENCES[view.reason] if view.reason is not None else "not asked for yet"
        return cls(
            url=view.url,
            outcome=view.outcome,
            reason=view.reason,
            explanation=f"{said}: {view.detail}" if view.detail else said,
            target=view.target,
            language=view.language,
            alternate_of=view.alternate_of,
            depth=view.depth,
            found_on=view.via,
            http_status=view.status,
            size_bytes=view.size,
            file_id=view.file_id,
            rendered=view.rendered,
            ended_at=view.ended_at,
        )


class CrawlUrlPage(ResponseBody):
    data: list[CrawlUrl]
    pagination: Pagination

    @classmethod
    def of(cls, page: Page[CrawlUrlView], *, limit: int) -> CrawlUrlPage:
        pagination = Pagination(limit=limit, next_cursor=page.next_cursor, has_more=page.next_cursor is not None)
        return cls(data=[CrawlUrl.of(item) for item in page.items], pagination=pagination)
