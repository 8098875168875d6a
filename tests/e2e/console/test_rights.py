"""What a key may not do is not offered, and refused all the same."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.console.datasets import BASE, filled
from tests.e2e.console.keyring import Keyring
from tests.e2e.console.visitor import Visitor


@pytest.fixture(scope="module")
def dataset(server: httpx.Client) -> str:
    return filled(server, "Rights", 2)


@pytest.fixture
def reviewer(browser: Browser, server: httpx.Client, keyring: Keyring) -> Iterator[Visitor]:
    visitor = Visitor.at(browser, str(server.base_url), key=keyring.make("reviewer"))
    yield visitor
    visitor.leave()
    assert visitor.troubles == []


class TestAReviewer:
    def test_reads_and_searches_and_is_offered_nothing_else(self, reviewer: Visitor, dataset: str) -> None:
        reviewer.open("datasets")
        expect(reviewer.page.get_by_role("link", name="Rights")).to_be_visible()
        expect(reviewer.page.get_by_role("button", name="New dataset")).to_have_count(0)
        reviewer.open(f"datasets/{dataset}")
        expect(reviewer.row("paper 1.md")).to_be_visible()
        for name in ("Upload", "Switch off"):
            expect(reviewer.page.get_by_role("button", name=name)).to_have_count(0)
        expect(reviewer.page.get_by_role("checkbox")).to_have_count(0)
        expect(reviewer.page.get_by_role("link", name="Settings")).to_have_count(0)
        reviewer.page.get_by_role("button", name="Actions for paper 1.md").click()
        assert reviewer.page.get_by_role("menuitem").all_inner_texts() == ["Open", "Download the original"]

    def test_is_refused_by_the_server(self, reviewer: Visitor, server: httpx.Client, dataset: str) -> None:
        headers = {"Authorization": f"Bearer {reviewer.key}"}
        for method, path, content in [
            ("POST", BASE, {"name": "mine"}),
            ("PATCH", f"{BASE}/{dataset}/config", {"name": "mine"}),
            ("POST", f"{BASE}/{dataset}/re-index", None),
            ("DELETE", f"{BASE}/{dataset}", None),
        ]:
            assert server.request(method, path, json=content, headers=headers).status_code == 403, path

    def test_is_shown_the_door_when_the_key_is_revoked(
        self, reviewer: Visitor, dataset: str, keyring: Keyring, server: httpx.Client
    ) -> None:
        reviewer.open("datasets")
        expect(reviewer.page.get_by_role("link", name="Rights")).to_be_visible()
        keyring.revoke(reviewer.key)
        keyring.await_refusal(server, reviewer.key)
        reviewer.follow("Search")
        reviewer.sees("Your key is no longer accepted")
