"""Pages that are empty until a script has drawn them are drawn, where the site's settings say so."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from scrapy import Request, signals
from scrapy.http import HtmlResponse, Response

from crawler.engine.browser import Browser, Drawing, NotDrawn, Shell
from crawler.engine.messages import Rendering as Wanted
from crawler.engine.parts import Parts
from crawler.engine.policies.refusals import Refused
from crawler.reasons import Outcome, Reason

KIND = "rendering"
"""Of a request whose answer comes from the browser."""

_BOM = b"\xef\xbb\xbf"
"""Holds against whatever the page's own tags say of its encoding."""


class Rendering:
    def __init__(self, crawler: Any) -> None:
        self._stats = crawler.stats
        self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        wanted: Wanted | None = crawler.settings["CAIRN_RENDERING"]
        self._browser: Browser | None = None
        if wanted is not None:
            agent = crawler.settings["USER_AGENT"]
            self._browser = Browser(wanted, agent, Parts(crawler).get, self._count)

    @classmethod
    def from_crawler(cls, crawler: Any) -> Rendering:
        policy = cls(crawler)
        crawler.signals.connect(policy.close, signals.spider_closed)
        return policy

    async def process_request(self, request: Request) -> Response | None:
        if request.meta.get("kind") != KIND or self._browser is None:
            return None
        shell: Response = request.meta["shell"]
        content_type = (shell.headers.get(b"Content-Type") or b"text/html").decode("latin-1")
        try:
            drawing = await self._browser.draw(Shell(shell.url, shell.body, content_type))
        except NotDrawn as error:
            self._count("failed")
            raise Refused(Reason.RENDER_FAILED, str(error), outcome=Outcome.FAILED) from error
        self._count("drawn")
        return self._as_response(request, shell, drawing)

    async def close(self) -> None:
        if self._browser is not None:
            await self._browser.close()

    def _as_response(self, request: Request, shell: Response, drawing: Drawing) -> Response:
        """Without the validators of what came over HTTP: that it stays the same says nothing of what is drawn."""
        headers: dict[str, Any] = {"Content-Type": "text/html; charset=utf-8"}
        if b"X-Robots-Tag" in shell.headers:
            headers["X-Robots-Tag"] = shell.headers.getlist(b"X-Robots-Tag")
        if drawing.led_to is not None:
            headers["Location"] = drawing.led_to
            return HtmlResponse(shell.url, status=302, headers=headers, request=request)
        body = _BOM + drawing.html.encode("utf-8", "replace")
        if len(body) > self._most:
            raise Refused(Reason.TOO_LARGE, f"{len(body)} bytes when drawn")
        return HtmlResponse(shell.url, headers=headers, body=body, request=request, encoding="utf-8")

    def _count(self, name: str) -> None:
        self._stats.inc_value(f"rendering/{name}")


class Line:
    """Pages that wait for the browser: as many on their way as it draws at once, so that they take no place from those
    that come over HTTP."""

    def __init__(self, wanted: Wanted | None) -> None:
        self.is_open = wanted is not None
        self._left = wanted.pages if wanted is not None else 0
        self._free = wanted.concurrency if wanted is not None else 0
        self._waiting: deque[Request] = deque()

    def add(self, request: Request) -> bool:
        """Whether there is a place for one more."""
        if self._left <= 0:
            return False
        self._left -= 1
        self._waiting.append(request)
        return True

    def done(self) -> None:
        self._free += 1

    def next(self) -> Iterator[Request]:
        while self._waiting and self._free > 0:
            self._free -= 1
            yield self._waiting.popleft()
