"""A page of somebody else, open beside the console in the same browser: it changes nothing and reads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.console.datasets import BASE, filled
from tests.e2e.console.visitor import Visitor
from tests.e2e.served import KEY

ASK = """async ([address, method, body]) => {
  const headers = body ? { "Content-Type": "text/plain" } : {};
  try {
    const answer = await fetch(address, { method, body, headers, credentials: "include" });
    return (await answer.text()).slice(0, 100);
  } catch (error) {
    return error.name;
  }
}"""
SEND_FORM = """([address, name]) => {
  const form = document.createElement("form");
  Object.assign(form, { action: address, method: "post", enctype: "text/plain" });
  const field = document.createElement("input");
  Object.assign(field, { name: `{"name": "${name}", "x": "`, value: `"}` });
  form.append(field);
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The address of a page of another origin."""

    class Stranger(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            body = b"<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def visitor(browser: Browser, server: httpx.Client) -> Iterator[Visitor]:
    """Signed in. What goes to another origin is what these tests are about."""
    visitor = Visitor.at(browser, str(server.base_url), key=KEY)
    visitor.sign_in()
    visitor.sees_heading("Datasets")
    yield visitor
    visitor.leave()


@pytest.fixture
def stranger(visitor: Visitor, elsewhere: str) -> Page:
    """The other page, in the browser of who is signed in."""
    page = visitor.context.new_page()
    page.goto(elsewhere)
    return page


class TestAPageOfAnotherOrigin:
    def test_reads_nothing(self, visitor: Visitor, stranger: Page) -> None:
        carried = self._credentials(stranger)
        for path in (BASE, "/dashboard/v1/me", "/dashboard/v1/access-keys"):
            assert stranger.evaluate(ASK, [visitor.at_address(path), "GET", None]) == "TypeError", path
        assert carried == [], "the browser sent what the person signed in with"

    def test_changes_nothing(self, visitor: Visitor, stranger: Page, server: httpx.Client) -> None:
        carried, name = self._credentials(stranger), f"Forged {uuid4()}"
        kept = filled(server, f"Kept {uuid4()}", 1)
        for method, path, body in (
            ("POST", BASE, f'{{"name": "{name}"}}'), ("DELETE", f"{BASE}/{kept}", None),
            ("POST", f"{BASE}/{kept}/re-index", ""), ("PATCH", f"{BASE}/{kept}/config", f'{{"name": "{name}"}}'),
        ):  # fmt: skip
            assert stranger.evaluate(ASK, [visitor.at_address(path), method, body]) == "TypeError", path
        with stranger.expect_navigation():
            stranger.evaluate(SEND_FORM, [visitor.at_address(BASE), name])
        expect(stranger.locator("body")).to_contain_text("UNAUTHENTICATED")
        assert carried == [], "the browser sent what the person signed in with"
        names = {one["id"]: one["name"] for one in server.get(BASE).json()["data"]}
        assert name not in names.values()
        assert kept in names
        visitor.follow("Search")
        visitor.sees_heading("Search")

    def test_cannot_have_the_console_in_a_frame(self, visitor: Visitor, stranger: Page) -> None:
        stranger.evaluate(
            "address => { const f = document.createElement('iframe'); f.src = address; document.body.append(f); }",
            visitor.at_address("/"),
        )
        visitor.at_rest()
        assert stranger.frames[1].url != visitor.at_address("/")
        assert stranger.frames[1].locator("#app").count() == 0

    def test_gets_no_hold_of_the_consoles_window(self, visitor: Visitor, stranger: Page) -> None:
        with stranger.context.expect_page() as opened:
            stranger.evaluate("address => { self.other = open(address); }", visitor.at_address("/"))
        expect(opened.value.locator("#app")).to_be_visible()
        assert stranger.evaluate("self.other.closed"), "it can still speak to the window that it opened"

    @staticmethod
    def _credentials(page: Page) -> list[str]:
        """What requests of this page carry that tells the server who somebody is."""
        carried: list[str] = []

        def look(request: Request) -> None:
            told = {"authorization", "cookie"} & request.all_headers().keys()
            carried.extend(f"{name} to {request.url}" for name in told)

        page.on("requestfinished", look)
        return carried
