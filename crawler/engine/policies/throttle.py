"""Slows down for slow servers, and speeds up again once they answer faster: also where nothing has changed."""

from __future__ import annotations

from scrapy.core.downloader import Slot
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

_NOT_MODIFIED = 304


class Throttle(AutoThrottle):  # type: ignore[misc]  # mypy does not look into Scrapy
    """Scrapy's own lets no answer but a 200 shorten its pauses, since error pages come too easily. A recrawl is
    answered with 304s, so one slow answer would set its pace until the end."""

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        counted = Response(response.url, status=200) if response.status == _NOT_MODIFIED else response
        super()._adjust_delay(slot, latency, counted)
