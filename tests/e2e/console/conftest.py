"""A browser and a server for the tests of the console: one of each per test process. Skips where no Chromium is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from identity.keys import AccessKeys
from kit.clock import SystemClock
from kit.db.database import Database
from tests.browsers import chromium
from tests.e2e.console.keyring import Keyring
from tests.e2e.console.visitor import Visitor
from tests.e2e.served import KEY, served
from tests.mode import standing

OF_A_CRAWL = {"CAIRN_EGRESS_ALLOW": "127.0.0.1/32", "CAIRN_CRAWL_PAGES_PER_SECOND": "50"}
"""The websites of tests are on this machine."""
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium (on Debian: apt-get install chromium-headless-shell)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("console") / "home"


@pytest.fixture(scope="package")
def server(browser: Browser, home: Path) -> Iterator[httpx.Client]:
    """Speaks to the server that the browser looks at, with the administrator's key. (Needs the browser so that nothing
    is started where there is none.)"""
    with served(home, **OF_A_CRAWL) as client:
        yield client


@pytest.fixture(scope="package")
def keyring(server: httpx.Client, home: Path) -> Iterator[Keyring]:
    database = Database(standing(home).get("database_url", f"sqlite:///{home}/cairn.db"))
    yield Keyring(database, AccessKeys(clock=SystemClock()))
    database.close()


@pytest.fixture(scope="package")
def desktop(browser: Browser, server: httpx.Client) -> Iterator[BrowserContext]:
    """One for all that begin with nothing: to fill a new one's cache takes longer than most tests."""
    context = Visitor.context_at(browser, str(server.base_url))
    yield context
    context.close()


@pytest.fixture
def visitor(desktop: BrowserContext, server: httpx.Client) -> Iterator[Visitor]:
    """Somebody at a desktop with the administrator's key, not signed in yet. Nothing may go wrong behind his back."""
    visitor = Visitor.into(desktop, str(server.base_url), key=KEY)
    yield visitor
    visitor.leave_behind()
    assert visitor.troubles == []
