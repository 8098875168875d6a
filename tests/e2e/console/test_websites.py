"""A website is crawled, its addresses are told with their reasons, its changes are shown, and a crawl that would remove
much is decided on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.console.axe import check
from tests.e2e.console.crawling import add_and_crawl, crawl_again, crawl_until_held
from tests.e2e.console.datasets import BASE
from tests.e2e.console.visitor import Visitor
from tests.e2e.console.website import Website, opened


@pytest.fixture
def website(tmp_path: Path) -> Iterator[Website]:
    with opened(tmp_path) as website:
        yield website


@pytest.fixture
def dataset(server: httpx.Client) -> str:
    return str(server.post(BASE, json={"name": f"Site {uuid4()}"}).raise_for_status().json()["id"])


@pytest.mark.timeout(400)
class TestAWebsite:
    def test_is_crawled_with_a_reason_for_every_address(self, visitor: Visitor, dataset: str, website: Website) -> None:
        visitor.open(f"datasets/{dataset}/website")
        add_and_crawl(visitor, website)
        rows = visitor.page.get_by_role("row")
        expect(rows.filter(has_text="page3.html").get_by_text("Kept")).to_be_visible()
        expect(rows.filter(has_text="private/x.html")).to_contain_text("robots.txt")
        visitor.page.get_by_label("Outcome").select_option("skipped")
        expect(rows.filter(has_text="page3.html")).to_have_count(0)

    def test_that_has_lost_its_pages_keeps_them_when_a_person_says_so(
        self, visitor: Visitor, server: httpx.Client, dataset: str, website: Website
    ) -> None:
        visitor.open(f"datasets/{dataset}/website")
        add_and_crawl(visitor, website)
        crawl_until_held(visitor, website)
        check(visitor, "a held crawl")
        before = server.get(f"{BASE}/{dataset}").json()["totalFiles"]
        visitor.press("Keep them")
        visitor.sees("The pages stay.")
        expect(visitor.page.get_by_role("button", name="Keep them")).to_have_count(0)
        assert server.get(f"{BASE}/{dataset}").json()["totalFiles"] == before

    def test_that_has_changed_shows_what(self, visitor: Visitor, dataset: str, website: Website) -> None:
        visitor.open(f"datasets/{dataset}/website")
        add_and_crawl(visitor, website)
        website.write(3, told="Lighthouse number 3 was painted red last summer, and is lit by the sun from now on. ")
        visitor.follow("All websites")
        crawl_again(visitor, crawls=2)
        visitor.page.get_by_role("link", name="See what it found").first.click()
        row = visitor.page.get_by_role("row").filter(has_text="page3.html")
        row.get_by_role("link", name="changes").click()
        changes = visitor.page.get_by_role("region", name="Changes")
        expect(changes).to_be_visible()
        check(visitor, "what had changed")
        expect(changes.locator(".added").first).to_contain_text("painted red last summer")
        expect(changes.locator(".removed").first).to_contain_text("was built of stone")
        visitor.page.get_by_role("button", name="Version 1").click()
        visitor.sees("The first version that was kept.")
        expect(visitor.page.get_by_role("region", name="What it said")).to_contain_text("was built of stone")
        check(visitor, "a first version")
