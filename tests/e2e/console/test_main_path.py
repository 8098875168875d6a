"""All of it in one go, by somebody who begins with nothing and never opens a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.console.crawling import add_and_crawl, crawl_until_held
from tests.e2e.console.keyring import Keyring
from tests.e2e.console.visitor import Visitor
from tests.e2e.console.website import PAGES, Website, opened
from tests.e2e.test_first_session import HANDBOOK

QUESTION = "How long is the notice period?"
PUT_RIGHT = "The notice period is four months since the agreement of last autumn, for flibbertigibbets as well."


@pytest.fixture
def newcomer(browser: Browser, server: httpx.Client, keyring: Keyring) -> Iterator[Visitor]:
    """The administrator of a tenant that has nothing yet."""
    visitor = Visitor.at(browser, str(server.base_url), key=keyring.found_tenant())
    yield visitor
    visitor.leave()
    assert visitor.troubles == []


@pytest.fixture
def website(tmp_path: Path) -> Iterator[Website]:
    (tmp_path / "site").mkdir()
    with opened(tmp_path / "site") as website:
        yield website


@pytest.mark.timeout(400)
class TestTheWholePath:
    def test_leads_from_an_empty_start_to_a_revoked_key(
        self, newcomer: Visitor, server: httpx.Client, website: Website, tmp_path: Path
    ) -> None:
        paper = tmp_path / "handbook.md"
        paper.write_text(HANDBOOK, encoding="utf-8")
        newcomer.sign_in()
        newcomer.sees("No dataset yet")
        newcomer.make_dataset("Harbour")
        newcomer.sees("No files yet")
        newcomer.upload([paper])
        expect(newcomer.row("handbook.md").get_by_text("Indexed")).to_be_visible()
        self._search_and_explain(newcomer)
        self._mark_and_evaluate(newcomer)
        self._edit(newcomer)
        self._crawl_and_approve(newcomer, website)
        self._make_and_revoke_a_key(newcomer, server)

    @staticmethod
    def _search_and_explain(visitor: Visitor) -> None:
        visitor.follow("Search it")
        visitor.ask(QUESTION)
        hit = visitor.hits.first
        expect(hit).to_contain_text("three months")
        hit.get_by_role("button", name="Why this one").click()
        expect(hit.get_by_role("row").filter(has_text="Meaning")).to_contain_text("cosine")

    @staticmethod
    def _mark_and_evaluate(visitor: Visitor) -> None:
        visitor.hits.first.get_by_role("button", name="Answers the question").click()
        visitor.sees("Noted in the golden questions")
        visitor.follow("Golden questions")
        visitor.follow("Marked in searches")
        expect(visitor.page.get_by_role("row").filter(has_text=QUESTION)).to_contain_text("answers")
        visitor.press("Evaluate …")
        visitor.press("Evaluate", within=visitor.dialog)
        expect(visitor.page.get_by_role("img", name=re.compile("nDCG at 10, as the dataset is set: "))).to_be_visible()

    @staticmethod
    def _edit(visitor: Visitor) -> None:
        visitor.follow("Datasets")
        visitor.follow("Harbour")
        visitor.page.get_by_role("link", name="handbook.md", exact=True).click()
        passage = visitor.page.get_by_role("listitem").filter(has_text="three months").first
        passage.get_by_role("button", name="Actions for passage").click()
        visitor.page.get_by_role("menuitem", name="Edit").click()
        visitor.page.get_by_role("textbox", name="Text of passage").fill(PUT_RIGHT)
        visitor.press("Save")
        visitor.sees("Saved. The change is kept when the file is built anew.")
        passage = visitor.page.get_by_role("listitem").filter(has_text="four months")
        expect(passage.get_by_text("Edited")).to_be_visible()
        visitor.page.get_by_role("searchbox", name="Find in passages").fill("flibbertigibbets")
        expect(visitor.page.locator("li.chunk")).to_have_count(1)
        visitor.follow("Harbour")
        visitor.follow("Search it")
        visitor.ask("flibbertigibbets")
        expect(visitor.hits.first).to_contain_text("four months")

    @staticmethod
    def _crawl_and_approve(visitor: Visitor, website: Website) -> None:
        visitor.follow("Datasets")
        visitor.follow("Harbour")
        visitor.follow("Websites")
        add_and_crawl(visitor, website)
        crawl_until_held(visitor, website)
        visitor.press("Remove them")
        visitor.sees("The pages are being removed.")
        expect(visitor.page.get_by_text("Waits for your decision")).to_have_count(0)
        visitor.follow("Files")
        expect(visitor.page.get_by_text("2 files", exact=True)).to_be_visible()
        assert PAGES > 2

    @staticmethod
    def _make_and_revoke_a_key(visitor: Visitor, server: httpx.Client) -> None:
        visitor.follow("Access")
        visitor.press("New key")
        visitor.dialog.get_by_label("Name", exact=True).fill("Support desk")
        visitor.press("Create key", within=visitor.dialog)
        token = visitor.dialog.get_by_role("region", name="The key").inner_text()
        visitor.press("I have it")
        headers = {"Authorization": f"Bearer {token}"}
        assert server.get("/dashboard/v1/me", headers=headers).status_code == 200
        visitor.page.get_by_role("button", name="Actions for key Support desk").click()
        visitor.page.get_by_role("menuitem", name="Revoke …").click()
        visitor.press("Revoke", within=visitor.dialog)
        row = visitor.page.get_by_role("row").filter(has_text="Support desk")
        expect(row.get_by_text("Revoked")).to_be_visible()
        assert server.get("/dashboard/v1/me", headers=headers).status_code == 401
