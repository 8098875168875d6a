"""Results are marked, become golden questions, and searches are evaluated by them; searches leave a history."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.console.datasets import with_files
from tests.e2e.console.visitor import Visitor


@pytest.fixture(scope="module")
def dataset(server: httpx.Client) -> str:
    if "dashboardKbQuestionSetsList" not in server.get("/dashboard/v1/me").json()["operations"]:
        pytest.skip("this server keeps no golden questions, and the console does not show them")
    papers = {
        "bees.md": b"# Bees\n\nBees dance to tell where nectar is.\n",
        "ants.md": b"# Ants\n\nAnts follow scent.\n",
    }
    return with_files(server, "Insects", papers)


class TestAMarkedResult:
    def test_becomes_a_question_that_searches_are_evaluated_by(self, visitor: Visitor, dataset: str) -> None:
        page = visitor.page
        visitor.open(f"search?q=How+do+bees+tell+where+nectar+is&in={dataset}")
        visitor.hits.first.get_by_role("button", name="Answers the question").click()
        visitor.sees("Noted in the golden questions")
        visitor.follow("Golden questions")
        visitor.follow("Marked in searches")
        expect(page.get_by_role("row").filter(has_text="How do bees tell")).to_contain_text("answers")
        visitor.press("Evaluate …")
        visitor.press("Evaluate", within=visitor.dialog)
        expect(page.get_by_role("img", name="nDCG at 10, as the dataset is set: 1.000")).to_be_visible()
        expect(page.get_by_text("no significant difference").first).to_be_visible()

    def test_stands_in_the_history_with_the_time_it_took(self, visitor: Visitor, dataset: str) -> None:
        visitor.open(f"search?q=scent+of+ants&in={dataset}")
        expect(visitor.hits.first).to_be_visible()
        visitor.follow("History")
        visitor.page.get_by_role("link", name="scent of ants").first.click()
        expect(visitor.hits.first).to_contain_text("Ants")
