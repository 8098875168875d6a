"""When a crawl has to end although there is more: its time is over, its bytes are spent, its memory is full."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

from scrapy import signals

_LOOK_SECONDS = 0.5
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Budgets:
    """An extension. Memory is what the process has now: its peak, which Scrapy's own extension looks at, counts what
    the process it was forked from had."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._deadline = time.monotonic() + crawler.settings.getfloat("CAIRN_SECONDS")
        self._bytes = crawler.settings.getint("CAIRN_BYTES")
        self._memory = crawler.settings.getint("CAIRN_MEMORY")
        self._watch: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> Budgets:
        extension = cls(crawler)
        crawler.signals.connect(extension.start, signals.spider_opened)
        crawler.signals.connect(extension.stop, signals.spider_closed)
        return extension

    def start(self) -> None:
        self._watch = asyncio.get_running_loop().create_task(self._look())

    def stop(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    async def _look(self) -> None:
        while True:
            reason = self._exceeded()
            if reason is not None:
                # In a task of its own: this one is cancelled in the middle of it, as the spider closes.
                closing = self._crawler.engine.close_spider_async(reason=reason)
                self._closing = asyncio.get_running_loop().create_task(closing)
                return
            await asyncio.sleep(_LOOK_SECONDS)

    def _exceeded(self) -> str | None:
        if time.monotonic() > self._deadline:
            return "time_budget"
        if (self._crawler.stats.get_value("downloader/response_bytes") or 0) > self._bytes:
            return "byte_budget"
        return "memory" if _resident_bytes() > self._memory else None


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_BYTES
