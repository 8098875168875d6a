"""Background work, seen and taken in hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.console.datasets import BASE, filled, settle
from tests.e2e.console.keyring import Keyring
from tests.e2e.console.visitor import Visitor


@pytest.fixture
def newcomer(browser: Browser, server: httpx.Client, keyring: Keyring) -> Iterator[Visitor]:
    """The administrator of a tenant in which nothing has happened yet."""
    visitor = Visitor.at(browser, str(server.base_url), key=keyring.found_tenant())
    yield visitor
    visitor.leave()
    assert visitor.troubles == []


@pytest.fixture
def theirs(newcomer: Visitor, server: httpx.Client) -> Iterator[httpx.Client]:
    """Speaks to the server with the newcomer's key."""
    headers = {"Authorization": f"Bearer {newcomer.key}"}
    with httpx.Client(base_url=server.base_url, headers=headers, timeout=30) as client:
        yield client


class TestJobs:
    def test_are_listed_with_what_they_are_about_and_can_be_forgotten(
        self, visitor: Visitor, server: httpx.Client
    ) -> None:
        filled(server, "Jobs", 1)
        visitor.open("jobs")
        visitor.press("All")
        row = visitor.page.get_by_role("row").filter(has_text="Read a file").filter(has_text="paper 0.md").first
        expect(row.get_by_text("Done")).to_be_visible()
        before = visitor.page.get_by_role("row").count()
        row.get_by_role("button", name="Forget the job about paper 0.md").click()
        expect(visitor.page.get_by_role("row")).to_have_count(before - 1)

    def test_that_failed_are_apart_and_can_be_tried_again(self, newcomer: Visitor, theirs: httpx.Client) -> None:
        newcomer.open("jobs")
        newcomer.press("Failed")
        expect(newcomer.page.get_by_role("heading", name="Nothing has failed")).to_be_visible()
        dataset = theirs.post(BASE, json={"name": "Damaged"}).raise_for_status().json()["id"]
        damaged = ("damaged.pdf", b"%PDF-1.7\nnothing of a PDF follows\n" * 9)
        theirs.post(f"{BASE}/{dataset}/files/upload", files=[("files", damaged)]).raise_for_status()
        settle(theirs, dataset)
        row = newcomer.page.get_by_role("row").filter(has_text="damaged.pdf")
        expect(row.get_by_text("Failed")).to_be_visible()
        expect(row.locator(".wrong-text")).not_to_be_empty()
        row.get_by_role("button", name="Try again").click()
        newcomer.sees("It is tried again.")
        expect(row.get_by_text("Failed")).to_be_visible()

    def test_that_wait_can_be_called_off(self, newcomer: Visitor, theirs: httpx.Client) -> None:
        dataset = theirs.post(BASE, json={"name": "Later"}).raise_for_status().json()["id"]
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        body = {"startUrl": "http://127.0.0.1:9/", "scheduleFor": tomorrow}
        crawl = theirs.post(f"{BASE}/{dataset}/crawl", json=body).raise_for_status().json()["crawlJobId"]
        newcomer.open("jobs")
        row = newcomer.page.get_by_role("row").filter(has_text="Crawl a website")
        expect(row.get_by_text("Waiting")).to_be_visible()
        row.get_by_role("button", name="Cancel").click()
        newcomer.sees("Called off.")
        expect(row).to_have_count(0)
        assert theirs.get(f"{BASE}/{dataset}/crawl/{crawl}").json()["state"] == "cancelled"
