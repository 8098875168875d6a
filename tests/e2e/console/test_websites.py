"""A website is crawled, its addresses are told with their reasons, and a crawl that would remove much is decided on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.console.datasets import BASE
from tests.e2e.console.visitor import Visitor

PAGES = 8


class Website(NamedTuple):
    address: str
    folder: Path


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def website(tmp_path: Path) -> Iterator[Website]:
    """A start page with links to all others, and one that robots.txt keeps out."""
    (tmp_path / "robots.txt").write_text("User-agent: *\nDisallow: /private\n", encoding="utf-8")
    for number in range(PAGES):
        _write(tmp_path, number)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Website(f"http://127.0.0.1:{server.server_address[1]}/", tmp_path)
    server.shutdown()
    server.server_close()
    thread.join()


def _write(folder: Path, number: int) -> None:
    links = "".join(f'<a href="page{other}.html">{other}</a> ' for other in range(1, PAGES))
    told = f"Lighthouse number {number} was built of stone, and stands where ships need to be told of the rocks. " * 4
    name = "index.html" if number == 0 else f"page{number}.html"
    body = f'<h1>Lighthouse {number}</h1><p>{told}</p>{links}<a href="private/x.html">private</a>'
    text = f"<html><head><title>Lighthouse {number}</title></head><body><main>{body}</main></body></html>"
    (folder / name).write_text(text, encoding="utf-8")


class TestAWebsite:
    def test_is_crawled_and_a_crawl_that_would_remove_much_waits_for_a_person(
        self, visitor: Visitor, server: httpx.Client, website: Website
    ) -> None:
        dataset = server.post(BASE, json={"name": f"Site {uuid4()}"}).raise_for_status().json()["id"]
        visitor.open(f"datasets/{dataset}/website")
        self._crawl(visitor, website)
        for number in range(1, PAGES):
            (website.folder / f"page{number}.html").unlink()
        visitor.follow("All websites")
        self._crawl_again(visitor, crawls=2)  # a page may be missing once: perhaps its server was only away
        visitor.press("Crawl now")
        link = visitor.page.get_by_role("link", name="Look and decide")
        expect(link).to_be_visible()
        link.click()
        visitor.sees(f"This crawl would remove {PAGES - 1} pages.")
        visitor.press("Remove them")
        expect(visitor.page.get_by_role("button", name="Remove them")).to_have_count(0)
        expect(visitor.page.get_by_text("Waits for your decision")).to_have_count(0)

    @staticmethod
    def _crawl_again(visitor: Visitor, *, crawls: int) -> None:
        visitor.press("Crawl now")
        done = visitor.page.get_by_role("region", name="History").get_by_role("row").filter(has_text="Done")
        expect(done).to_have_count(crawls)
        expect(visitor.page.get_by_role("button", name="Crawl now")).to_be_enabled()

    @staticmethod
    def _crawl(visitor: Visitor, website: Website) -> None:
        visitor.press("Add a website")
        visitor.dialog.get_by_label("Start address").fill("lighthouses.example")
        visitor.press("Save and crawl", within=visitor.dialog)
        expect(visitor.dialog.get_by_role("alert")).to_contain_text("begins with https://")
        visitor.dialog.get_by_label("Start address").fill(website.address)
        visitor.press("Save and crawl", within=visitor.dialog)
        visitor.page.get_by_role("link", name="See what it found").first.click()
        page = visitor.page
        expect(page.get_by_text("Done", exact=True)).to_be_visible()
        rows = page.get_by_role("row")
        expect(rows.filter(has_text="page3.html").get_by_text("Kept")).to_be_visible()
        expect(rows.filter(has_text="private/x.html")).to_contain_text("robots.txt")
        page.get_by_label("Outcome").select_option("skipped")
        expect(rows.filter(has_text="page3.html")).to_have_count(0)
        expect(page.locator("dl.stats").get_by_text("Indexed").locator("..")).to_contain_text(str(PAGES))
