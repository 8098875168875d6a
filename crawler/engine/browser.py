"""Chromium, without a network of its own, for pages that have no text until a script has drawn them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import psutil

from crawler.engine.messages import Rendering
from crawler.engine.parts import Part, PartRefused

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, Page, Playwright, Route

ARGUMENTS = (
    "--proxy-server=http://no-network.invalid:1",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy",
    "--disable-quic",
    "--no-pings",
)
"""Whatever does not come by way of `route` finds a proxy that has no address."""

_NO_SOCKETS = "for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete window[name]"
"""What speaks UDP. The flags above stop it too; this is the second bolt."""

_FETCHED = frozenset({"script", "xhr", "fetch"})
_MOST_PARTS = 100
_LEAST_CHARACTERS = 20
_PATIENCE = 3.0
"""Seconds for what a page draws by a timer, after everything that it has asked for has come."""
_LOOK_SECONDS = 0.5
_START_SECONDS = 60.0
_CLOSE_SECONDS = 5.0

Get = Callable[..., Awaitable[Part]]


class NotDrawn(Exception):
    """With a sentence for people."""


@dataclass(frozen=True, slots=True)
class Shell:
    """A page as it came over HTTP."""

    url: str
    body: bytes
    content_type: str


@dataclass(slots=True)
class Drawing:
    """A page in the browser. `led_to` is where its script wants to go instead."""

    shell: Shell
    ends: float
    html: str = ""
    led_to: str | None = None
    parts: int = 0
    has_begun: bool = False

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.1, self.ends - monotonic())


@dataclass(slots=True)
class Browser:
    """Starts with the first page. `get` is where all that pages ask for comes from; `count` is told what happens."""

    wanted: Rendering
    user_agent: str
    get: Get
    count: Callable[[str], None]
    _turns: asyncio.Semaphore = field(init=False)
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _driver: Playwright | None = None
    _chromium: Chromium | None = None
    _watch: asyncio.Task[None] | None = None
    _absent: str | None = None
    _ended_for: str | None = None
    """Why the browser had to be ended, for the pages that it took along."""

    def __post_init__(self) -> None:
        self._turns = asyncio.Semaphore(self.wanted.concurrency)

    async def draw(self, shell: Shell) -> Drawing:
        """Raises NotDrawn."""
        async with self._turns:
            chromium = await self._started()
            drawing = Drawing(shell, monotonic() + self.wanted.seconds)
            try:
                await asyncio.wait_for(self._draw(chromium, drawing), self.wanted.seconds + _CLOSE_SECONDS)
            except TimeoutError:
                await self._end(f"it took more than {self.wanted.seconds:g} seconds")
                raise NotDrawn(f"it took more than {self.wanted.seconds:g} seconds") from None
            except _playwright_error() as error:
                raise NotDrawn(self._ended_for or str(error).splitlines()[0]) from error
            return drawing

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        await self._end("the crawl has ended")
        if self._driver is not None:
            with suppress(Exception):
                await asyncio.wait_for(self._driver.stop(), _CLOSE_SECONDS)

    async def _started(self) -> Chromium:
        async with self._starting:
            if self._absent is not None:
                raise NotDrawn(self._absent)
            if self._chromium is not None and self._chromium.is_connected():
                return self._chromium
            self._absent = _missing(self.wanted)
            if self._absent is not None:
                raise NotDrawn(self._absent)
            from playwright.async_api import async_playwright  # noqa: PLC0415 - an extra, and slow to import

            self._driver = self._driver or await async_playwright().start()
            try:
                self._chromium = await self._driver.chromium.launch(
                    executable_path=self.wanted.executable,
                    chromium_sandbox=self.wanted.sandbox,
                    args=list(ARGUMENTS),
                    timeout=_START_SECONDS * 1000,
                )
            except _playwright_error() as error:
                self._absent = _not_started(self.wanted, str(error))
                raise NotDrawn(self._absent) from error
            self._ended_for = None
            self._watch = self._watch or asyncio.get_running_loop().create_task(self._look())
            return self._chromium

    async def _draw(self, chromium: Chromium, drawing: Drawing) -> None:
        context = await chromium.new_context(
            user_agent=self.user_agent, service_workers="block", accept_downloads=False
        )
        try:
            await context.add_init_script(_NO_SOCKETS)
            await context.route_web_socket("**", lambda socket: socket.close())
            page = await context.new_page()
            context.on("page", _close)
            await context.route("**/*", lambda route: self._answer(route, page, drawing))
            await self._wait(page, drawing)
        finally:
            with suppress(_playwright_error(), TimeoutError):
                await asyncio.wait_for(_closed(context), _CLOSE_SECONDS)

    async def _wait(self, page: Page, drawing: Drawing) -> None:
        """Until what the page asked for has come, and there is text or no hope for any."""
        from playwright.async_api import Error  # noqa: PLC0415 - an extra
        from playwright.async_api import TimeoutError as TooLate  # noqa: PLC0415 - an extra

        with suppress(TooLate):
            try:
                await page.goto(drawing.shell.url, wait_until="domcontentloaded", timeout=drawing.left * 1000)
            except Error:
                if drawing.led_to is None:
                    raise
            await page.wait_for_load_state("networkidle", timeout=drawing.left * 1000)
            if drawing.led_to is None:
                await page.wait_for_function(
                    f"document.body && document.body.innerText.trim().length >= {_LEAST_CHARACTERS}",
                    timeout=min(_PATIENCE, drawing.left) * 1000,
                )
        drawing.html = await page.content()

    async def _answer(self, route: Route, page: Page, drawing: Drawing) -> None:
        with suppress(_playwright_error()):  # the page has been closed meanwhile
            request = route.request
            if request.is_navigation_request():
                await self._navigate(route, page, drawing)
            elif request.resource_type == "stylesheet":
                await route.fulfill(status=200, content_type="text/css", body="")
            elif request.resource_type in _FETCHED and request.method == "GET" and drawing.parts < _MOST_PARTS:
                drawing.parts += 1
                await self._give(route, drawing)
            else:
                self.count("left_out")
                await route.abort("blockedbyclient")

    @staticmethod
    async def _navigate(route: Route, page: Page, drawing: Drawing) -> None:
        """The page itself is what came over HTTP; wherever else a script wants to go is for the crawl to judge."""
        shell, is_own = drawing.shell, False
        with suppress(_playwright_error()):  # a window that was opened has no frame yet
            is_own = route.request.frame == page.main_frame
        if is_own and not drawing.has_begun:
            drawing.has_begun = True
            await route.fulfill(status=200, headers={"content-type": shell.content_type}, body=shell.body)
            return
        if is_own and route.request.method == "GET" and route.request.url != shell.url:
            drawing.led_to = drawing.led_to or route.request.url
        await route.abort("blockedbyclient")

    async def _give(self, route: Route, drawing: Drawing) -> None:
        request, is_script = route.request, route.request.resource_type == "script"
        self.count("parts")
        try:
            part = await self.get(request.url, request.headers, is_script=is_script, seconds=drawing.left)
        except PartRefused:
            self.count("refused")
            await route.abort("blockedbyclient")
        except Exception:  # noqa: BLE001 - whatever a download fails with, the page goes without that part
            self.count("failed_parts")
            await route.abort("failed")
        else:
            await route.fulfill(status=part.status, headers=part.headers, body=part.body)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if sum(map(_own_bytes, _browsers())) > self.wanted.memory_bytes:
                self.count("ended_for_memory")
                await self._end(f"the browser took more than {self.wanted.memory_bytes} bytes of memory")

    async def _end(self, why: str) -> None:
        """With whatever it has open; the next page gets another one."""
        chromium, self._chromium, self._ended_for = self._chromium, None, why
        for process in _browsers():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if chromium is not None:
            with suppress(Exception):
                await asyncio.wait_for(chromium.close(), _CLOSE_SECONDS)


def _playwright_error() -> type[Exception]:
    from playwright.async_api import Error  # noqa: PLC0415 - an extra

    return Error


def _missing(wanted: Rendering) -> str | None:
    """What has to be there for a browser to start, if it is not."""
    try:
        import playwright  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return "no browser draws it: Playwright is not installed; install cairn with its extra `browser`"
    if wanted.executable is not None and not Path(wanted.executable).is_file():
        return f"no browser draws it: CAIRN_CRAWL_BROWSER is {wanted.executable!r}, which is no file"
    if wanted.sandbox and os.geteuid() == 0:
        return (
            "no browser draws it: Chromium has no sandbox for root; run crawls as another user, or set "
            "CAIRN_CRAWL_BROWSER_SANDBOX=false where a container is sandbox enough"
        )
    return None


def _not_started(wanted: Rendering, error: str) -> str:
    if wanted.executable is None and "Executable doesn't exist" in error:
        return (
            "no browser draws it: Playwright has none installed; run `playwright install chromium`, or name one with "
            "CAIRN_CRAWL_BROWSER"
        )
    return f"the browser did not start: {error.strip()[:300]}"


def _browsers() -> list[psutil.Process]:
    """What Playwright's driver has started: the driver is this process's child, the browser's processes are below."""
    me = psutil.Process()
    with suppress(psutil.NoSuchProcess):
        direct = set(me.children())
        return [one for one in me.children(recursive=True) if one not in direct]
    return []


def _own_bytes(process: psutil.Process) -> int:
    try:
        memory = process.memory_info()
    except psutil.NoSuchProcess:
        return 0
    return int(memory.rss - memory.shared)


async def _close(page: Page) -> None:
    with suppress(_playwright_error()):
        await page.close()


async def _closed(context: BrowserContext) -> None:
    await context.unroute_all(behavior="ignoreErrors")
    await context.close()
