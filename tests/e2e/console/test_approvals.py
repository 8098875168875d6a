"""What waits for a person is listed with what it is about, decided with a note, and told where somebody was quicker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from orchestration.approvals.types import RiskLevel
from tests.e2e.console.crawling import add_and_crawl, crawl_until_held
from tests.e2e.console.datasets import BASE
from tests.e2e.console.desk import WaitingWork
from tests.e2e.console.keyring import Keyring
from tests.e2e.console.visitor import Visitor
from tests.e2e.console.website import PAGES, Website, opened

APPROVALS = "/dashboard/v1/approvals"


@pytest.fixture
def website(tmp_path: Path) -> Iterator[Website]:
    with opened(tmp_path) as website:
        yield website


@pytest.fixture
def work(keyring: Keyring) -> WaitingWork:
    return WaitingWork(keyring.database, keyring.administrator())


def detail(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("region", name="What is decided about")


class TestTheQueue:
    def test_shows_what_is_decided_about_and_takes_a_decision(
        self, visitor: Visitor, server: httpx.Client, work: WaitingWork
    ) -> None:
        brief = work.task_with_output("Brief for the keepers", "# Lamps\n\nEvery lamp is lit **at dusk**.\n")
        title = f"Publish the brief {uuid4()}"
        approval = work.ask(
            title=title, risk=RiskLevel.HIGH, task_ids=[brief], options=["in spring", "in autumn"],
            details={"channel": "Newsletter"},
        )  # fmt: skip
        visitor.open("approvals")
        queue = visitor.page.get_by_role("region", name="Queue")
        queue.get_by_role("link", name=title).click()
        expect(detail(visitor)).to_contain_text("Every lamp is lit")
        expect(detail(visitor)).to_contain_text("Newsletter")
        expect(detail(visitor).get_by_text("high risk")).to_be_visible()
        visitor.press("Approve")
        visitor.sees("Choose one of the options to approve.")
        visitor.page.get_by_label("in autumn").check()
        visitor.page.get_by_label("Note").fill("With the new picture.")
        visitor.press("Approve")
        visitor.sees("Approved.")
        expect(queue.get_by_text(title)).to_have_count(0)
        kept = server.get(f"{APPROVALS}/{approval}").json()
        assert (kept["status"], kept["selectedOption"], kept["resolutionNote"]) == (
            "approved", "in autumn", "With the new picture.",
        )  # fmt: skip
        visitor.press("Approved")
        queue.get_by_role("link", name=title).click()
        expect(detail(visitor)).to_contain_text("With the new picture.")
        expect(visitor.page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)

    @pytest.mark.parametrize(
        ("press", "resolution", "told"),
        [("Reject", "rejected", "Rejected."), ("Ask for a revision", "revision_requested", "A revision is asked for.")],
    )
    def test_takes_a_no_only_with_a_reason(
        self, visitor: Visitor, server: httpx.Client, work: WaitingWork, *, press: str, resolution: str, told: str
    ) -> None:
        approval = work.ask(title=f"Spend more {uuid4()}")
        visitor.open(f"approvals/{approval}")
        visitor.press(press)
        visitor.sees("Say in the note why")
        visitor.page.get_by_label("Note").fill("Not this year.")
        visitor.press(press)
        visitor.sees(told)
        kept = server.get(f"{APPROVALS}/{approval}").json()
        assert (kept["resolution"], kept["resolutionNote"]) == (resolution, "Not this year.")

    def test_says_that_somebody_was_quicker(self, visitor: Visitor, server: httpx.Client, work: WaitingWork) -> None:
        approval = work.ask(title=f"Twice {uuid4()}")
        visitor.open(f"approvals/{approval}")
        expect(visitor.page.get_by_role("button", name="Reject", exact=True)).to_be_visible()
        visitor.page.get_by_label("Note").fill("No.")
        server.post(f"{APPROVALS}/{approval}/resolve", json={"resolution": "approved"}).raise_for_status()
        expect(detail(visitor).get_by_text("Approved", exact=True)).to_be_visible()
        expect(visitor.page.get_by_role("button", name="Reject", exact=True)).to_have_count(0)

    def test_decides_once_although_the_answer_is_lost(
        self, visitor: Visitor, server: httpx.Client, work: WaitingWork
    ) -> None:
        approval = work.ask(title=f"Lost {uuid4()}")

        def lose(route: Route) -> None:
            server.post(f"{APPROVALS}/{approval}/resolve", json=route.request.post_data_json).raise_for_status()
            route.fulfill(status=500, content_type="application/json", body=json.dumps({}))

        visitor.page.route(f"**{APPROVALS}/{approval}/resolve", lose)
        visitor.open(f"approvals/{approval}")
        visitor.page.get_by_label("Note").fill("As agreed.")
        visitor.press("Approve")
        visitor.sees("Approved.")
        assert server.get(f"{APPROVALS}/{approval}").json()["resolutionNote"] == "As agreed."

    def test_is_read_by_members_and_decided_by_administrators(
        self, browser: Browser, server: httpx.Client, keyring: Keyring, work: WaitingWork
    ) -> None:
        approval = work.ask(title=f"Not yours {uuid4()}")
        member = Visitor.at(browser, str(server.base_url), key=keyring.make("member"))
        member.open(f"approvals/{approval}")
        member.sees("Administrators decide about it.")
        expect(member.page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
        member.leave()

    def test_shows_one_at_a_time_on_a_phone(self, visitor: Visitor, work: WaitingWork) -> None:
        title = f"Small {uuid4()}"
        work.ask(title=title)
        visitor.page.set_viewport_size({"width": 360, "height": 740})
        visitor.open("approvals")
        expect(detail(visitor)).to_be_hidden()
        visitor.page.get_by_role("link", name=title).click()
        expect(detail(visitor).get_by_role("heading", name=title)).to_be_visible()
        expect(visitor.page.get_by_role("region", name="Queue")).to_be_hidden()
        visitor.follow("All approvals")
        expect(visitor.page.get_by_role("region", name="Queue")).to_be_visible()


@pytest.mark.timeout(400)
class TestAHeldCrawl:
    def test_is_decided_in_the_queue_with_its_pages_beside_it(
        self, visitor: Visitor, server: httpx.Client, website: Website
    ) -> None:
        dataset = str(server.post(BASE, json={"name": f"Held {uuid4()}"}).raise_for_status().json()["id"])
        visitor.open(f"datasets/{dataset}/website")
        add_and_crawl(visitor, website)
        crawl_until_held(visitor, website)
        visitor.open("approvals")
        visitor.page.get_by_role("link", name=f"Remove {PAGES - 1} pages of {website.address}").click()
        pages = detail(visitor).get_by_role("region", name="Pages")
        expect(pages.get_by_role("row").filter(has_text="page3.html")).to_be_visible()
        expect(pages.get_by_role("row")).to_have_count(PAGES)
        expect(visitor.page.get_by_role("button", name="Ask for a revision")).to_have_count(0)
        visitor.press("Approve")
        visitor.sees("Approved.")
        visitor.open(f"datasets/{dataset}/files")
        expect(visitor.page.get_by_text("1 file", exact=True)).to_be_visible()
