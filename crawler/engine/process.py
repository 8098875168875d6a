"""One crawl, in a child of a zygote that has Scrapy loaded. The job comes as the first line on its channel, messages go
back on it, and the crawl closes when the other side sends no more."""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, NoReturn

import msgspec
from scrapy.settings import Settings as ScrapySettings

from crawler.engine.messages import Done, Job, Message
from crawler.engine.pace import CurrentPace, follow, lines_of
from crawler.engine.resolver import ALLOW
from crawler.engine.spider import SiteSpider
from crawler.reasons import Reason
from crawler.urls import origin_of
from kit.zygote.process import Life

_POLICIES = "crawler.engine.policies"
_MODULES = (
    *(f"{_POLICIES}.{name}" for name in ("budgets", "content", "credentials", "manners", "rendering", "retries")),
    *(f"{_POLICIES}.{name}" for name in ("robots", "throttle")),
    *("scrapy.core.downloader.handlers.http11", "scrapy.core.scheduler", "scrapy.crawler", "scrapy.dupefilters"),
    *("scrapy.logformatter", "scrapy.pipelines", "scrapy.pqueues", "scrapy.squeues", "scrapy.statscollectors"),
)
_STOPS = {"time_budget": Reason.TIME_BUDGET, "byte_budget": Reason.BYTE_BUDGET, "memory": Reason.NOT_REACHED}
_GRACE_SECONDS = 10.0


def settings_of(job: Job, pace: CurrentPace) -> dict[str, Any]:
    manners, bounds = job.manners, job.bounds
    base = "scrapy.downloadermiddlewares"
    return {
        "USER_AGENT": manners.user_agent,
        "CONCURRENT_REQUESTS": manners.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": manners.concurrency,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": min(0.25, 1.0 / manners.pages_per_second),
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(manners.concurrency),
        "AUTOTHROTTLE_MAX_DELAY": 20.0,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_TIMEOUT": manners.timeout,
        "DOWNLOAD_MAXSIZE": bounds.max_page_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_HANDLERS": {"file": None, "ftp": None, "s3": None, "data": None},
        "TWISTED_DNS_RESOLVER": "crawler.engine.resolver.ReactorResolver",
        "HTTPERROR_ALLOW_ALL": True,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "DEPTH_PRIORITY": 0,
        "CONCURRENT_ITEMS": 1,  # each page would start as many tasks as items may be worked on at once
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # reads the source of the callback anew for each page
        "DOWNLOADER_MIDDLEWARES": {
            **dict.fromkeys((f"{base}.{name}" for name in _UNUSED), None),
            f"{_POLICIES}.rendering.Rendering": 50,
            f"{_POLICIES}.robots.Robots": 100,
            f"{_POLICIES}.credentials.Credentials": 420,
            f"{_POLICIES}.retries.Retries": 550,
            f"{_POLICIES}.manners.Manners": 800,
        },
        "SPIDER_MIDDLEWARES": dict.fromkeys((f"scrapy.spidermiddlewares.{name}" for name in _UNUSED_FOR_SPIDERS), None),
        "EXTENSIONS": {
            **dict.fromkeys((f"scrapy.extensions.{name}" for name in _UNUSED_EXTENSIONS), None),
            f"{_POLICIES}.content.Content": 0,
            f"{_POLICIES}.budgets.Budgets": 0,
            f"{_POLICIES}.throttle.Throttle": 0,
        },
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_LEVEL": "WARNING",
        "STATS_DUMP": False,
        "CAIRN_ORIGIN": origin_of(job.scope.start_url),
        "CAIRN_HEADERS": job.headers,
        "CAIRN_HOSTS_FOLDER": manners.hosts_folder,
        "CAIRN_PACE": pace,
        "CAIRN_PAGES_PER_SECOND": manners.pages_per_second,
        "CAIRN_RETRIES": manners.retries,
        "CAIRN_SECONDS": max(0.0, bounds.max_seconds - bounds.seconds_spent),
        "CAIRN_BYTES": max(0, bounds.max_bytes - bounds.bytes_spent),
        "CAIRN_MEMORY": bounds.memory_bytes,
        "CAIRN_RENDERING": job.rendering,
        ALLOW: job.egress_allow or "",
    }


_UNUSED = (
    "offsite.OffsiteMiddleware",
    "robotstxt.RobotsTxtMiddleware",
    "httpauth.HttpAuthMiddleware",
    "retry.RetryMiddleware",
    "redirect.MetaRefreshMiddleware",
    "redirect.RedirectMiddleware",
    "cookies.CookiesMiddleware",
    "httpproxy.HttpProxyMiddleware",
    "httpcache.HttpCacheMiddleware",
)
"""Replaced by policies or by the frontier, or, like the proxy, a way around the guard."""

_UNUSED_FOR_SPIDERS = (
    "httperror.HttpErrorMiddleware",
    "referer.RefererMiddleware",
    "urllength.UrlLengthMiddleware",
    "depth.DepthMiddleware",
    "metacopy.MetaCopyDetectionMiddleware",
)
_UNUSED_EXTENSIONS = (
    "memusage.MemoryUsage",
    "logstats.LogStats",
    "telnet.TelnetConsole",
    "remote_control.RemoteControl",
    "throttle.AutoThrottle",
)


def make_ready(_argument: bytes) -> Life:
    """In the zygote. All that each crawl needs is loaded, but for the reactor: that is a process's own."""
    settings = ScrapySettings()
    for kind in ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS"):  # the unused too: Scrapy loads them
        for name in settings[f"{kind}_BASE"]:
            import_module(name.rpartition(".")[0])
    for module in _MODULES:
        import_module(module)
    return _live


def _live(channel: socket.socket, others: Sequence[int]) -> NoReturn:
    """`others` is one file, for what is printed."""
    status = 1
    try:
        os.dup2(others[0], 1)
        os.dup2(others[0], 2)
        crawl(channel)
        status = 0
    except BaseException:  # noqa: BLE001 - the edge of the process: its parent reads what it has printed
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def crawl(channel: socket.socket) -> None:
    """The job that comes on the channel, to its end."""
    lines = lines_of(channel.fileno())
    job = msgspec.json.decode(next(lines), type=Job)
    _bound(job.bounds.memory_bytes)
    pace = CurrentPace(is_shared=job.manners.is_shared)
    threading.Thread(target=_end_with_parent, args=(lines, pace), daemon=True).start()
    encoder = msgspec.json.Encoder()

    def emit(message: Message) -> None:
        channel.sendall(encoder.encode(message) + b"\n")

    # Local: it installs a reactor as it is made, and reads the settings as it is imported.
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415

    process = AsyncCrawlerProcess(settings_of(job, pace))
    crawler = process.create_crawler(SiteSpider)
    started = time.monotonic()
    process.crawl(crawler, job=job, emit=emit)
    process.start()
    emit(_done(crawler, seconds=time.monotonic() - started))


def _done(crawler: Any, *, seconds: float) -> Done:
    stats = crawler.stats.get_stats()
    reason = str(stats.get("finish_reason", ""))
    stopped_by = _STOPS.get(reason)
    if reason == "finished" and crawler.spider.is_full:
        stopped_by = Reason.PAGE_BUDGET
    elif reason not in _STOPS and reason != "finished":
        stopped_by = Reason.NOT_REACHED  # by a signal: whoever sent it knows better
    numbers = {name: float(value) for name, value in stats.items() if isinstance(value, int | float)}
    took = {"seconds": round(seconds, 3), "cpu_seconds": round(time.process_time(), 3)}
    return Done(stopped_by, {**numbers, **took}, reason)


def _bound(memory_bytes: int) -> None:
    """The hard end, above the one at which the crawl is closed properly."""
    limit = memory_bytes * 2
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with_parent(lines: Iterator[bytes], pace: CurrentPace) -> None:
    """The parent tells the pace on the channel. It says no more when the crawl is to end, or when it has died."""
    follow(lines, pace)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)
