"""The crawler's parts, from settings."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.crawls.belongings import SitesOfDataset
from crawler.crawls.ports import Holds
from crawler.crawls.scheduled import ScheduledCrawl
from crawler.crawls.service import Crawls
from crawler.crawls.versions import Versions
from crawler.crawls.work import CrawlWork
from crawler.engine.messages import Rendering
from crawler.running.child import crawl_zygote
from crawler.running.finishing import Finish
from crawler.running.handler import CrawlHandler
from crawler.running.limits import CrawlLimits
from crawler.running.preparing import Preparation
from crawler.sites.common_lines import CommonLinesOfPages
from crawler.sites.logins import Logins
from crawler.sites.service import Sites
from ingest.datasets.gate import Gate
from ingest.files.service import Files
from ingest.files.uploads import Uploads
from kit.clock import Clock
from kit.egress.policy import AddressPolicy
from kit.home import Home
from kit.jobs.queue import JobQueue
from kit.schedules.scheduler import Schedules
from kit.settings import Settings
from orchestration.engines import Engines


@dataclass(frozen=True, slots=True)
class Crawling:
    """What callers use, and what the worker runs."""

    sites: Sites
    logins: Logins
    crawls: Crawls
    versions: Versions
    handler: CrawlHandler
    scheduled: ScheduledCrawl
    belongings: SitesOfDataset
    work: CrawlWork
    common_lines: CommonLinesOfPages


def make_crawling(
    settings: Settings,
    clock: Clock,
    engines: Engines,
    *,
    home: Home,
    queue: JobQueue,
    gate: Gate,
    files: Files,
    uploads: Uploads,
    holds: Holds,
) -> Crawling:
    limits, database = crawl_limits(settings), engines.database
    schedules, logins = Schedules(clock), Logins(engines.secrets)
    crawls = Crawls(gate=gate, queue=queue, files=files, schedules=schedules, logins=logins, holds=holds, clock=clock)
    preparation = Preparation(
        database=database,
        jobs=queue,
        uploads=uploads,
        gate=gate,
        clock=clock,
        limits=limits,
        logins=logins,
        crawls=crawls,
    )
    handler = CrawlHandler(
        database=database,
        jobs=queue,
        uploads=uploads,
        clock=clock,
        limits=limits,
        preparation=preparation,
        finish=Finish(database=database, jobs=queue, crawls=crawls, holds=holds, clock=clock, limits=limits),
        folder=home.path / "crawling",
        zygotes=crawl_zygote(),
    )
    policy = AddressPolicy.parsed(settings.egress_allow)
    return Crawling(
        sites=Sites(gate=gate, clock=clock, policy=policy, schedules=schedules, logins=logins),
        logins=logins,
        crawls=crawls,
        versions=Versions(gate),
        handler=handler,
        scheduled=ScheduledCrawl(crawls, gate),
        belongings=SitesOfDataset(schedules, logins),
        work=CrawlWork(crawls),
        common_lines=CommonLinesOfPages(),
    )


def crawl_limits(settings: Settings) -> CrawlLimits:
    return CrawlLimits(
        user_agent=settings.crawl_user_agent,
        pages_per_second=settings.crawl_pages_per_second,
        concurrency=settings.crawl_concurrency,
        timeout=settings.crawl_timeout,
        retries=settings.crawl_retries,
        max_bytes=settings.crawl_max_bytes,
        max_page_bytes=min(settings.crawl_max_page, settings.upload_max_file),
        max_seconds=settings.crawl_max_seconds,
        memory_bytes=settings.crawl_memory,
        removal_share=settings.crawl_removal_share,
        rendering=Rendering(
            pages=settings.crawl_render_pages,
            seconds=settings.crawl_render_seconds,
            concurrency=settings.crawl_render_concurrency,
            memory_bytes=settings.crawl_browser_memory,
            executable=settings.crawl_browser,
            sandbox=settings.crawl_browser_sandbox,
        ),
        egress_allow=settings.egress_allow,
    )
