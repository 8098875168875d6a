"""Asking in the console: an answer whose citations open the document, follow-ups, and what is kept in mind."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.console.datasets import BASE, with_files
from tests.e2e.console.visitor import Visitor

PAPERS = {
    "ovens.md": b"# Ovens\n\nThe bread oven was made by Ferrante in Turin. The bread oven gets 300 degrees hot.\n"
}


@pytest.fixture(scope="module", autouse=True)
def house(server: httpx.Client) -> None:
    """A dataset for the researcher."""
    dataset = with_files(server, f"House {uuid4().hex[:6]}", PAPERS)
    config = {"allowedAgentRoles": ["researcher"]}
    server.patch(f"{BASE}/{dataset}/config", json=config).raise_for_status()


class TestAConversation:
    def test_answers_goes_on_opens_its_sources_and_is_deleted(self, visitor: Visitor) -> None:
        page = visitor.page
        visitor.open("chat")
        page.get_by_label("Your question").fill("Who made the bread oven?")
        visitor.press("Ask")
        visitor.sees_heading("Who made the bread oven?")
        first = page.get_by_role("region", name="Answer, 2", exact=True)
        expect(first).to_contain_text("made by Ferrante in Turin")
        page.get_by_label("Go on asking").fill("And how hot does it get?")
        page.get_by_label("Go on asking").press("Enter")
        expect(page.get_by_role("region", name="Answer, 4", exact=True)).to_contain_text("300 degrees")
        place = page.url
        first.get_by_role("link", name="Source 1: ovens.md").first.click()
        visitor.sees_heading("ovens.md")
        page.goto(place)
        visitor.press("Delete")
        visitor.dialog.get_by_role("button", name="Delete", exact=True).click()
        visitor.sees("Deleted.")
        visitor.sees_heading("Chat")

    def test_that_is_not_there_says_so(self, visitor: Visitor) -> None:
        visitor.open("chat/conv_none")
        visitor.sees("This conversation is not here")

    def test_keeps_what_was_asked_where_the_answer_is_cut(self, visitor: Visitor) -> None:
        visitor.page.route("**/chat/message", lambda route: route.abort())
        visitor.open("chat")
        visitor.page.get_by_label("Your question").fill("Who made the bread oven?")
        visitor.press("Ask")
        going = visitor.page.get_by_role("region", name="Being answered")
        expect(going).to_contain_text("Who made the bread oven?")
        expect(going.get_by_role("alert")).to_contain_text("The question was not answered.")


class TestWhatIsKeptInMind:
    def test_is_added_and_forgotten(self, visitor: Visitor) -> None:
        kept, text = visitor.page.get_by_role("region", name="Kept in mind"), f"I bake rye {uuid4().hex[:6]}."
        visitor.open("chat")
        kept.get_by_label("To be kept in mind").fill(text)
        visitor.press("Keep")
        expect(kept.get_by_text(text)).to_be_visible()
        visitor.page.reload()
        kept.get_by_role("button", name=f"Forget: {text}").click()
        expect(kept.get_by_text(text)).to_have_count(0)
