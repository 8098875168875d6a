"""A search is kept under a name, made again, taken elsewhere, and removed."""

from __future__ import annotations

import httpx
from playwright.sync_api import expect

from tests.e2e.console.datasets import filled
from tests.e2e.console.visitor import Visitor


class TestASavedSearch:
    def test_is_made_again_with_both_settings_and_can_be_removed(self, visitor: Visitor, server: httpx.Client) -> None:
        page, dataset = visitor.page, filled(server, "Kept", 2)
        visitor.open(f"search?q=paper+things&in={dataset}&compare=1&a.alpha=0.3&b.alpha=0")
        expect(visitor.hits.first).to_be_visible()
        visitor.press("Save this search")
        visitor.dialog.get_by_label("Name", exact=True).fill("Papers, both ways")
        visitor.press("Save", within=visitor.dialog)
        visitor.open("search")
        visitor.follow("Papers, both ways")
        expect(page.get_by_role("heading", name="Setting B").first).to_be_visible()
        expect(page.get_by_role("searchbox", name="Question")).to_have_value("paper things")
        expect(page.get_by_label("Words or meaning", exact=True).first).to_have_value("0.3")
        visitor.press("Remove Papers, both ways")
        expect(page.get_by_role("link", name="Papers, both ways")).to_have_count(0)

    def test_is_the_same_request_for_an_agent(self, visitor: Visitor, server: httpx.Client) -> None:
        visitor.open(f"search?q=what+is+a+paper&in={filled(server, 'For agents', 1)}")
        expect(visitor.hits.first).to_be_visible()
        visitor.page.get_by_text("This request elsewhere").click()
        visitor.press("MCP")
        request = visitor.page.get_by_role("region", name="The request")
        expect(request).to_contain_text("tools/call")
        expect(request).to_contain_text("what is a paper")
