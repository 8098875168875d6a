"""No host is asked faster than the ceiling, than its robots.txt wishes, or than it can answer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.engine.host_slots import HostSlots
from crawler.engine.pace import CurrentPace
from crawler.engine.policies.wishes import seconds_wished


class Manners:
    """The turns of a host are shared by all crawls of this machine, and the ceiling with those of others. Beside this,
    `Throttle` slows down for slow servers."""

    def __init__(self, crawler: Any) -> None:
        self._stats = crawler.stats
        self._slots = HostSlots(Path(crawler.settings["CAIRN_HOSTS_FOLDER"]))
        self._pace: CurrentPace = crawler.settings["CAIRN_PACE"]
        self._interval = 1.0 / crawler.settings.getfloat("CAIRN_PAGES_PER_SECOND")

    @classmethod
    def from_crawler(cls, crawler: Any) -> Manners:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        interval = max(self._interval, float(request.meta.get("host_delay", 0.0)))
        while True:
            parts = await self._pace.wait()
            wait = self._slots.take(urlsplit(request.url).netloc, interval * parts)
            if wait > 0:
                self._stats.inc_value("manners/waited")
                self._stats.inc_value("manners/seconds", wait)
                await asyncio.sleep(wait)
            if 0 < self._pace.parts <= parts:
                return  # else somebody has joined meanwhile, and this turn is one of a faster time

    def process_response(self, request: Request, response: Response) -> Response:
        wish = response.headers.get(b"Retry-After")
        if wish is not None and response.status in {429, 503}:
            seconds = seconds_wished(wish, now=datetime.now(UTC))
            self._slots.postpone(urlsplit(request.url).netloc, min(10.0 if seconds is None else seconds, 120.0))
        return response
