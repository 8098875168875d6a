"""robots.txt: obeyed with its delays, and fails closed where it cannot be read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from protego import Protego
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.engine.policies.refusals import Refused
from crawler.reasons import Outcome, Reason
from crawler.urls import origin_of

_MOST_BYTES = 512 * 1024
_LONGEST_DELAY = 60.0


@dataclass(slots=True)
class Rules:
    """Of one origin. `parsed` is None where there are none, `unreachable` why they could not be read."""

    parsed: Protego | None = None
    unreachable: str | None = None
    delay: float = 0.0
    sitemaps: list[str] = field(default_factory=list)


class Robots:
    """RFC 9309: no file (4xx) allows all; a server's failure (5xx, no answer) allows nothing."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["USER_AGENT"]
        self._pending: dict[str, asyncio.Future[Rules]] = {}
        self._rules: dict[str, Rules] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> Robots:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("is_robots"):
            return
        rules = self._rules.get(origin_of(request.url)) or await self.rules_for(request.url)
        if rules.unreachable is not None:
            self._crawler.stats.inc_value("robots/unreachable")
            raise Refused(Reason.ROBOTS_UNREACHABLE, rules.unreachable, outcome=Outcome.FAILED)
        if rules.parsed is not None and not rules.parsed.can_fetch(request.url, self._agent):
            self._crawler.stats.inc_value("robots/forbidden")
            raise Refused(Reason.ROBOTS)
        request.meta["host_delay"] = rules.delay

    async def rules_for(self, url: str) -> Rules:
        """Asked for once for each origin; who comes meanwhile waits for the same answer."""
        origin = origin_of(url)
        pending = self._pending.get(origin)
        if pending is None:
            pending = asyncio.get_running_loop().create_future()
            self._pending[origin] = pending
            pending.set_result(await self._fetch(origin))
            self._rules[origin] = pending.result()
        return await asyncio.shield(pending)

    async def _fetch(self, origin: str) -> Rules:
        meta = {"is_robots": True, "download_maxsize": _MOST_BYTES, "follows_redirects": True}
        url = f"{origin}/robots.txt"
        for _ in range(6):
            request = Request(url, meta=dict(meta), callback=NO_CALLBACK, priority=1000)
            try:
                response = await self._crawler.engine.download_async(request)
            except Exception as error:  # noqa: BLE001 - whatever went wrong, nothing is known and so nothing allowed
                return Rules(unreachable=f"{type(error).__name__}: {error}"[:300])
            location = response.headers.get(b"Location")
            if not (300 <= response.status < 400 and location):
                break
            url = response.urljoin(location.decode("latin-1"))
        self._crawler.stats.inc_value("robots/fetched")
        return _read(response.status, response.body, self._agent)


def _read(status: int, body: bytes, agent: str) -> Rules:
    if status >= 500 or status == 429:
        return Rules(unreachable=f"status {status}")
    if not 200 <= status < 300:
        return Rules()
    parsed = Protego.parse(body.decode("utf-8", "replace"))
    delay = float(parsed.crawl_delay(agent) or 0)
    rate = parsed.request_rate(agent)
    if rate is not None and rate.requests:
        delay = max(delay, float(rate.seconds) / float(rate.requests))
    return Rules(parsed, None, min(delay, _LONGEST_DELAY), list(parsed.sitemaps)[:50])
