"""What a site wants from those who may see it: sent to its own origin, never anywhere else."""

from __future__ import annotations

from typing import Any

from scrapy import Request

from crawler.urls import origin_of


class Credentials:
    def __init__(self, crawler: Any) -> None:
        self._origin: str = crawler.settings["CAIRN_ORIGIN"]
        self._headers: dict[str, str] = crawler.settings.getdict("CAIRN_HEADERS")

    @classmethod
    def from_crawler(cls, crawler: Any) -> Credentials:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if origin_of(request.url) == self._origin:
            for name, value in self._headers.items():
                request.headers[name] = value
