"""Background work, seen and taken in hand."""

from __future__ import annotations

import httpx
from playwright.sync_api import expect

from tests.e2e.console.datasets import filled
from tests.e2e.console.visitor import Visitor


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

    def test_that_failed_are_apart(self, visitor: Visitor) -> None:
        visitor.open("jobs")
        visitor.press("Failed")
        expect(visitor.page.get_by_role("heading", name="Nothing has failed")).to_be_visible()
