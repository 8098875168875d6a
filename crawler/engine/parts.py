"""What a page asks for while a browser draws it: got by the crawl itself, under the rules of every other request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.urls import origin_of
from kit.egress.client import checked_url
from kit.egress.errors import AddressRefused

_MOST_HOPS = 5
_MOST_KEPT_BYTES = 32 * 1024 * 1024
_PASSED_ON = frozenset({"accept", "accept-language", "content-type"})
"""Headers that a script sets and that go along to another origin than it asked for."""
_OWN = frozenset(
    {"host", "connection", "cookie", "accept-encoding", "content-length", "user-agent", "referer", "origin"}
)
_NOT_FOR_THE_BROWSER = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"}
)


class PartRefused(Exception):
    """A part that is not asked for: where it leads, or how often the page asks."""


@dataclass(frozen=True, slots=True)
class Part:
    status: int
    headers: dict[str, str]
    body: bytes


class Parts:
    """Scripts are kept for the crawl's other pages: the same one draws them all."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._home: str = crawler.settings["CAIRN_ORIGIN"]
        self._opens_the_inside = bool(crawler.settings["CAIRN_EGRESS_ALLOW"])
        self._kept: dict[str, Part] = {}
        self._kept_bytes = 0

    async def get(self, url: str, headers: Mapping[str, str], *, is_script: bool, seconds: float) -> Part:
        """After redirects, each of which is checked anew. Raises PartRefused, or what a download raises."""
        if is_script and url in self._kept:
            return self._kept[url]
        part = await self._downloaded(url, headers, seconds)
        if is_script and part.status == 200 and self._kept_bytes + len(part.body) <= _MOST_KEPT_BYTES:
            self._kept[url] = part
            self._kept_bytes += len(part.body)
        return part

    async def _downloaded(self, url: str, headers: Mapping[str, str], seconds: float) -> Part:
        sent = {name: value for name, value in headers.items() if name not in _OWN and not name.startswith("sec-")}
        asked = origin_of(url)
        for _ in range(_MOST_HOPS + 1):
            self._check(url)
            meta = {"kind": "part", "download_timeout": seconds}
            request = Request(url, headers=sent, meta=meta, callback=NO_CALLBACK, dont_filter=True)
            response: Response = await self._crawler.engine.download_async(request)
            location = response.headers.get(b"Location")
            if not (300 <= response.status < 400 and location):
                return Part(response.status, _shown(response), response.body)
            url = urljoin(url, location.decode("utf-8", "replace"))
            if origin_of(url) != asked:
                sent = {name: value for name, value in sent.items() if name in _PASSED_ON}
        raise PartRefused(f"more than {_MOST_HOPS} redirects")

    def _check(self, url: str) -> None:
        """The resolver refuses every host but the site's own that is not public. The site's own may be an inner one
        that was allowed: then only the server that the crawl is of is meant, none on another port."""
        try:
            checked_url(url)
        except AddressRefused as error:
            raise PartRefused(error.message) from error
        if origin_of(url) == self._home or not self._opens_the_inside:
            return
        if urlsplit(url).hostname == urlsplit(self._home).hostname:
            raise PartRefused(f"{origin_of(url)} is another server than {self._home}, on the same host")


def _shown(response: Response) -> dict[str, str]:
    shown = {}
    for name, values in response.headers.items():
        text = name.decode("latin-1").lower()
        if text not in _NOT_FOR_THE_BROWSER:
            shown[text] = ", ".join(value.decode("latin-1") for value in values)
    return shown
