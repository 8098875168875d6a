"""The crawl itself: takes addresses from the frontier, has their answers judged, and tells what came of each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import msgspec
from scrapy import Request, Spider
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError, IgnoreRequest
from twisted.internet import error as network

from crawler.engine.frontier import Frontier
from crawler.engine.judgement import Judge, Verdict, boilerplate_of
from crawler.engine.messages import Ended, Found, Job, Known, Message, Waiting
from crawler.engine.policies.refusals import Refused
from crawler.engine.policies.rendering import KIND as RENDERING
from crawler.engine.policies.rendering import Line
from crawler.engine.policies.robots import Robots
from crawler.engine.resolver import refusal_of
from crawler.engine.sitemaps import is_sitemap, locations
from crawler.reasons import Outcome, Reason
from crawler.urls import normalised, origin_of

_MOST_SITEMAPS = 200
_MOST_HOPS = 8


class SiteSpider(Spider):  # type: ignore[misc]  # mypy does not look into Scrapy
    name = "site"
    custom_settings: ClassVar[Any] = {}

    def __init__(self, *, job: Job, emit: Callable[[Message], None]) -> None:
        super().__init__()
        self._job = job
        self._emit = emit
        self._frontier = Frontier(job.scope, job.bounds)
        self._home = origin_of(job.scope.start_url)
        known = {page.url: page for page in job.known}
        self._judge = Judge(Path(job.spool), boilerplate_of(job.boilerplate), known, job.scope.languages, job.whole)
        self._sitemaps: set[str] = set()
        self._shells = Line(job.rendering)

    @property
    def is_full(self) -> bool:
        """Whether more pages wait than the crawl may fetch."""
        return self._frontier.is_full

    async def start(self) -> AsyncIterator[Any]:
        probe = f"{self._home}/{uuid4().hex}-{uuid4().hex[:6]}"
        yield Request(probe, callback=self._learn_errors, errback=self._ignore, meta={"kind": "probe"}, priority=50)
        for request in self._seeds():
            yield request
        if self._job.scope.use_sitemaps:
            for request in await self._sitemap_requests():
                yield request

    def _seeds(self) -> Iterator[Request]:
        for url in self._job.done:
            self._frontier.close(url)
        for waiting in self._job.waiting:
            self._frontier.restore(waiting)
        scope, found = self._job.scope, []
        first = [(scope.start_url, 0, None)] if not scope.urls else [(url, 0, None) for url in scope.urls]
        for url, depth, via in (*first, *((page.url, page.depth, None) for page in self._job.known)):
            found += self._offered(url, depth=depth, via=via)
        yield from self._continued(found)

    async def _sitemap_requests(self) -> list[Request]:
        robots = self.crawler.get_downloader_middleware(Robots)
        rules = await robots.rules_for(self._home) if robots else None
        listed = [url for url in map(normalised, rules.sitemaps if rules else []) if url]
        home = [url for url in listed if origin_of(url) == self._home] or [f"{self._home}/sitemap.xml"]
        return [request for url in home if (request := self._sitemap_request(url, 0))]

    def _sitemap_request(self, url: str, level: int) -> Request | None:
        if url in self._sitemaps or len(self._sitemaps) >= _MOST_SITEMAPS or level > 3:
            return None
        self._sitemaps.add(url)
        meta = {"kind": "sitemap", "level": level}
        return Request(url, callback=self._read_sitemap, errback=self._ignore, meta=meta, priority=10)

    def _read_sitemap(self, response: Any) -> Iterator[Request]:
        level = response.request.meta["level"]
        if 300 <= response.status < 400 and b"Location" in response.headers:
            target = normalised(response.urljoin(response.headers[b"Location"].decode("latin-1")))
            if target and origin_of(target) == self._home and (again := self._sitemap_request(target, level + 1)):
                yield again
            return
        if response.status != 200 or not is_sitemap(response.body):
            return
        self._count("sitemaps/read")
        found: list[Waiting] = []
        for location, is_index in locations(response.body, limit=self._job.bounds.max_page_bytes):
            url = normalised(location)
            if url is None or origin_of(url) != self._home:
                continue
            if is_index:
                if inner := self._sitemap_request(url, level + 1):
                    yield inner
            else:
                found += self._offered(url, depth=1, via=response.url)
        yield from self._continued(found)

    def _learn_errors(self, response: Any) -> None:
        """How the site answers for what cannot be there; with 200, that is its way to say so."""
        response.request.meta.update(url=response.url, depth=0)
        if response.status == 200:
            self._judge.learn_error(response)
            self._count("soft_not_found/learned")

    def _ignore(self, _failure: Any) -> None:
        """A sitemap or a probe that does not come is no loss worth a row."""

    def _request(self, waiting: Waiting) -> Request:
        known: Known | None = self._judge.known.get(waiting.url)
        headers = {}
        if known is not None and known.etag:
            headers["If-None-Match"] = known.etag
        if known is not None and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        meta = {"kind": "page", "url": waiting.url, "depth": waiting.depth, "via": waiting.via}
        return Request(
            waiting.url,
            headers=headers,
            callback=self._parse_page,
            errback=self._fail_page,
            meta=meta,
            dont_filter=True,
        )

    def _parse_page(self, response: Any) -> Iterator[Request]:
        verdict = self._verdict(response)
        message = verdict.message
        found: list[Waiting] = []
        depth = response.request.meta["depth"]
        if self._job.scope.follow_links:
            for url, is_unvouched in verdict.links:
                found += self._offered(url, depth=depth + 1, via=message.url, is_unvouched=is_unvouched)
        if verdict.follow is not None:
            message, more = self._followed(message, verdict.follow, depth)
            found += more
        if verdict.is_shell and self._shells.is_open and response.request.meta["kind"] != RENDERING:
            waiting = self._drawn_later(response)
            if waiting is None:
                yield from self._continued(found)
                return
            message = waiting
        if isinstance(message, Ended):
            self._frontier.release()
        self._tell(found, message)
        yield from self._requests()

    def _drawn_later(self, response: Any) -> Ended | None:
        """None where a browser is going to draw the page, which keeps its place meanwhile."""
        meta = {**_identity(response.request), "kind": RENDERING, "shell": response}
        request = Request(
            response.url, callback=self._parse_drawn, errback=self._fail_drawn, meta=meta, dont_filter=True
        )
        if self._shells.add(request):
            return None
        self._count("rendering/budget")
        is_known = meta["url"] in self._judge.known
        outcome = Outcome.FAILED if is_known else Outcome.SKIPPED  # what was drawn before is not gone for that
        return Ended(meta["url"], outcome, Reason.RENDER_BUDGET, meta["depth"], status=response.status, via=meta["via"])

    def _parse_drawn(self, response: Any) -> Iterator[Request]:
        self._shells.done()
        yield from self._parse_page(response)

    def _fail_drawn(self, failure: Any) -> Iterator[Request]:
        self._shells.done()
        yield from self._fail_page(failure)

    def _verdict(self, response: Any) -> Verdict:
        try:
            return self._judge.judge(response)
        except Exception as error:
            self.logger.exception("page %s could not be judged", response.url)
            meta = response.request.meta
            detail = f"{type(error).__name__}: {error}"[:300]
            return Verdict(
                Ended(
                    meta["url"],
                    Outcome.FAILED,
                    Reason.UNREADABLE,
                    meta["depth"],
                    detail,
                    response.status,
                    via=meta["via"],
                )
            )

    def _followed(self, message: Any, target: str, depth: int) -> tuple[Any, list[Waiting]]:
        """A redirect within the site is one more address; it is as far from the start as the one that leads to it."""
        against = None if self._frontier.borders.is_home(target) else Reason.REDIRECTED_OUTSIDE
        against = against or (self._frontier.borders.reason_against(target) and Reason.REDIRECTED_OUTSIDE)
        if against is not None:
            self._count("redirects/outside")
            return _with_reason(message, against), []
        return message, self._offered(target, depth=depth, via=message.url)

    def _offered(self, url: str, *, depth: int, via: str | None, is_unvouched: bool = False) -> list[Waiting]:
        if origin_of(url) != self._home:
            return []
        if is_unvouched:
            answer: Reason | Waiting | None = self._frontier.pass_over(url, Reason.NOFOLLOW)
        else:
            answer = self._frontier.offer(url, depth=depth, via=via)
        if isinstance(answer, Waiting):
            return [answer]
        if answer is not None:
            self._count(f"frontier/{answer.value}")
            self._emit(Ended(url, Outcome.SKIPPED, answer, depth, via=via))
        return []

    def _continued(self, found: list[Waiting]) -> Iterator[Request]:
        if found:
            self._emit(Found(found))
        yield from self._requests()

    def _tell(self, found: list[Waiting], message: Message) -> None:
        """New addresses first: a page whose row says that it is done has no addresses that nobody knows of."""
        if found:
            self._emit(Found(found))
        self._emit(message)

    def _requests(self) -> Iterator[Request]:
        for waiting in self._frontier.next():
            yield self._request(waiting)
        yield from self._shells.next()

    def _fail_page(self, failure: Any) -> Iterator[Request]:
        meta = failure.request.meta
        outcome, reason, detail = _why(failure.value, failure.request)
        self._frontier.release()
        self._emit(Ended(meta["url"], outcome, reason, meta["depth"], detail[:300], via=meta["via"]))
        yield from self._requests()

    def _count(self, name: str) -> None:
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(name)


def _identity(request: Request) -> dict[str, Any]:
    """Which address of the crawl it is for."""
    return {name: request.meta[name] for name in ("url", "depth", "via")}


def _with_reason(message: Ended, reason: Reason) -> Ended:
    return msgspec.structs.replace(message, reason=reason)


def _why(error: Exception, request: Request) -> tuple[Outcome, Reason, str]:
    if isinstance(error, Refused):
        return error.outcome, error.reason, error.detail
    refusal = refusal_of(request.url)
    if refusal is not None:
        return Outcome.FAILED, Reason.ADDRESS_REFUSED, refusal
    if isinstance(error, IgnoreRequest) or "maxsize" in str(error).lower():
        return Outcome.SKIPPED, Reason.TOO_LARGE, "larger than a page may be, unpacked"
    if isinstance(error, DownloadTimeoutError | network.TimeoutError):
        return Outcome.FAILED, Reason.TIMED_OUT, str(error)
    unknown = isinstance(error, CannotResolveHostError)
    return Outcome.FAILED, Reason.NOT_CONNECTED, "unknown host" if unknown else f"{type(error).__name__}: {error}"
