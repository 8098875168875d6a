"""Somebody who uses the console in a browser, by what can be seen and read there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

PATIENCE_MS = 30_000
STREAM = "/stream"
ROUND_MS, QUIET_ROUNDS = 50, 8
_KEPT = "cookies,local_storage,indexeddb,service_workers"
EXPECTED = "Failed to load resource"
"""What Chromium writes for every answer with a status from 400 on; tests look at what the page makes of it."""


@dataclass
class Visitor:
    """`troubles` collects what a user does not see: errors of scripts, breaches of the policy, foreign requests."""

    context: BrowserContext
    page: Page
    key: str
    troubles: list[str] = field(default_factory=list)

    @staticmethod
    def context_at(
        browser: Browser, address: str, *, width: int = 1280, height: int = 860,
        colours: Literal["light", "dark"] = "light",
    ) -> BrowserContext:  # fmt: skip
        return browser.new_context(
            base_url=address, viewport={"width": width, "height": height}, color_scheme=colours, locale="en-GB"
        )

    @classmethod
    def at(
        cls, browser: Browser, address: str, *, key: str, width: int = 1280, height: int = 860,
        colours: Literal["light", "dark"] = "light",
    ) -> Visitor:  # fmt: skip
        context = cls.context_at(browser, address, width=width, height=height, colours=colours)
        return cls.into(context, address, key=key)

    @classmethod
    def into(cls, context: BrowserContext, address: str, *, key: str) -> Visitor:
        """Into a context that others may have been in before: it has the console's files in its cache already."""
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        visitor = cls(context, context.new_page(), key)
        for event, hear in visitor._ears.items():
            context.on(event, hear)  # type: ignore[call-overload]  # the names are those of the events
        visitor._address = address
        return visitor

    _address: str = ""
    _waiting: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._ears: dict[str, Callable[..., None]] = {
            "console": self._hear,
            "weberror": lambda error: self.troubles.append(str(error.error)),
            "request": self._see,
            "requestfinished": self._forget,
            "requestfailed": self._forget,
        }

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and EXPECTED not in message.text:
            self.troubles.append(message.text)

    def _see(self, request: Request) -> None:
        if not request.url.endswith(STREAM):
            self._waiting.add(request)
        if not request.url.startswith((self._address, f"blob:{self._address}", "data:")):
            self.troubles.append(f"a request to {request.url}")

    def _forget(self, request: Request) -> None:
        self._waiting.discard(request)

    def at_address(self, path: str) -> str:
        """The whole address of a path of the server."""
        return f"{self._address.rstrip('/')}{path}"

    def at_rest(self) -> None:
        """Until nothing was on its way for a while, except streams of events, which have no end of their own."""
        still = 0
        while still < QUIET_ROUNDS:
            self.page.wait_for_timeout(ROUND_MS)
            still = 0 if self._waiting else still + 1

    def leave(self) -> None:
        self.context.close()

    def leave_behind(self) -> None:
        """Nothing but what the browser has in its cache."""
        for event, hear in self._ears.items():
            self.context.remove_listener(event, hear)
        last = self.context.new_page()
        for page in self.context.pages:
            if page != last:
                page.close()
        session = self.context.new_cdp_session(last)
        session.send("Storage.clearDataForOrigin", {"origin": self._address.rstrip("/"), "storageTypes": _KEPT})
        self.context.clear_cookies()
        last.close()

    def open(self, place: str = "") -> None:
        """Goes to an address of the console with the key at hand, as in a tab that is signed in."""
        if self.page.url == "about:blank":
            self.page.add_init_script(f"if (self.origin !== 'null') sessionStorage.setItem('cairn.key', {self.key!r})")
        self.page.goto(f"/#/{place}")
        expect(self.page.locator("main h1")).to_be_visible()

    def sign_in(self, key: str | None = None) -> None:
        self.page.goto("/")
        self.page.get_by_label("Key").fill(key or self.key)
        self.press("Sign in")

    def press(self, name: str, *, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).click()

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def sees_heading(self, name: str) -> None:
        expect(self.page.get_by_role("heading", name=name, exact=True, level=1)).to_be_visible()

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def make_dataset(self, name: str) -> None:
        self.press("New dataset")
        self.dialog.get_by_label("Name", exact=True).fill(name)
        self.press("Create dataset", within=self.dialog)
        self.sees_heading(name)

    def upload(self, paths: Sequence[Path]) -> None:
        """Through the dialog, until each has been answered."""
        self.press("Upload")
        self.page.get_by_test_id("files").set_input_files(list(paths))
        self.dialog.locator("button[type=submit]").click()
        close = self.dialog.get_by_role("button", name="Close", exact=True).last
        expect(close).to_be_enabled()
        close.click()

    def row(self, name: str) -> Locator:
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("link", name=name, exact=True))

    def choose_in_menu(self, file_name: str, entry: str) -> None:
        self.page.get_by_role("button", name=f"Actions for {file_name}").click()
        self.page.get_by_role("menuitem", name=entry).click()

    def ask(self, question: str) -> None:
        self.page.get_by_role("searchbox", name="Question").fill(question)
        self.press("Search")

    @property
    def hits(self) -> Locator:
        return self.page.locator("li.hit")
