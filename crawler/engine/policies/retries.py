"""Another try for what may work a moment later, with growing pauses, or after the pause that the server asks for."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from typing import Any

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.internet import error

from crawler.engine.policies.wishes import seconds_wished
from crawler.engine.resolver import refusal_of

_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_FAILURES = (
    *(DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError, ResponseDataLossError),
    *(CannotResolveHostError, error.ConnectError, error.ConnectionDone, error.ConnectionLost, OSError),
)
"""Scrapy's own where it wraps what Twisted raises, and Twisted's where it does not."""
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 60.0


class Retries:
    def __init__(self, crawler: Any) -> None:
        self._stats = crawler.stats
        self._most = crawler.settings.getint("CAIRN_RETRIES")

    @classmethod
    def from_crawler(cls, crawler: Any) -> Retries:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if response.status not in _STATUSES or request.meta.get("kind") == "part":
            return response
        return await self._again(request, self._wish(response)) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if request.meta.get("kind") == "part":
            return None  # the page that asks for it has seconds, and asks again if it cares
        if refusal_of(request.url) is not None:
            return None
        return await self._again(request, 0.0) if isinstance(exception, _FAILURES) else None

    async def _again(self, request: Request, wish: float) -> Request | None:
        tried = int(request.meta.get("tried", 0))
        if tried >= self._most:
            self._stats.inc_value("retries/given_up")
            return None
        self._stats.inc_value("retries/tried")
        pause = _FIRST_PAUSE * 2**tried * random.uniform(0.75, 1.25)  # noqa: S311 - no secret, just not all at once
        await asyncio.sleep(min(max(pause, wish), _LONGEST_PAUSE))
        return request.replace(meta={**request.meta, "tried": tried + 1}, dont_filter=True)

    @staticmethod
    def _wish(response: Response) -> float:
        return seconds_wished(response.headers.get(b"Retry-After"), now=datetime.now(UTC)) or 0.0
