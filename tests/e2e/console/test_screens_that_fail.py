"""Whatever a screen asks for and does not get: it says so, stands all the same, and is well when it is asked again."""

from __future__ import annotations

import json
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Route, expect

from tests.e2e.console.datasets import BASE, filled
from tests.e2e.console.visitor import Visitor
from tests.sampling import some

KB = "**/dashboard/v1/knowledge-base"
FILE = f"{KB}/datasets/*/files/*"
SCREENS = {
    "datasets": (f"{KB}/datasets", "The datasets could not be loaded."),
    "questions": (f"{KB}/question-sets", "The question sets could not be loaded."),
    "questions/{questions}": ("**/questions", "The questions could not be loaded."),
    "questions/{questions}?": ("**/evaluations", "The evaluations could not be loaded."),
    "history": (f"{KB}/search-records*", "The history could not be loaded."),
    "jobs": (f"{KB}/jobs*", "The jobs could not be loaded."),
    "access/keys": ("**/access-keys", "The keys could not be loaded."),
    "access/team": ("**/team", "The team could not be loaded."),
    "access/audit": ("**/audit-log*", "The audit log could not be loaded."),
    "datasets/{dataset}/files": (f"{KB}/datasets/*", "The dataset could not be loaded."),
    "datasets/{dataset}/website": ("**/crawl/sites", "The websites could not be loaded."),
    "datasets/{dataset}/website/none": ("**/crawl/none", "The crawl could not be loaded."),
    "datasets/{dataset}/file/{file}": (FILE, "The file could not be loaded."),
    "datasets/{dataset}/file/{file}?": (f"{FILE}/chunks*", "The passages could not be loaded."),
    "datasets/{dataset}/file/{file}?view=text": (f"{FILE}/content", "The original cannot be shown."),
    "datasets/{dataset}/file/{file}?view=report": (f"{FILE}/report", "The report could not be loaded."),
    "search": (f"{KB}/datasets", "The datasets could not be loaded."),
    "search?q=paper&in={dataset}": (f"{KB}/search", "The search could not be made."),
    "search?q=paper": (f"{KB}/saved-searches", "The saved searches could not be loaded."),
    "chat": ("**/chat/conversations", "The conversations could not be loaded."),
    "chat?": ("**/chat/memories", "What is kept in mind could not be loaded."),
    "chat/{conversation}": ("**/chat/conversations/*", "The conversation could not be loaded."),
    "tasks": ("**/activities*", "The tasks could not be loaded."),
    "tasks/{task}": ("**/activities/*", "The task could not be loaded."),
    "tasks/recurring": ("**/recurring-tasks", "The recurring tasks could not be loaded."),
    "agents": ("**/agents", "The agents could not be loaded."),
    "agents/researcher": ("**/agents/researcher", "The agent could not be loaded."),
    "system": ("**/ready", "The server does not answer."),
}
"""By the place of a screen: what it asks for, and what it says where it does not get it."""


class Things(NamedTuple):
    dataset: str
    file: str
    questions: str
    task: str
    conversation: str


@pytest.fixture(scope="module")
def things(server: httpx.Client) -> Things:
    dataset = filled(server, "Fails", 1)
    [file] = server.get(f"{BASE}/{dataset}").json()["files"]
    body = {"name": "Fails", "datasetId": dataset}
    questions = server.post("/dashboard/v1/knowledge-base/question-sets", json=body).raise_for_status()
    given = {"title": "Fails", "inputPrompt": "Fail.", "agentRole": "adros_cmo"}
    task = server.post("/dashboard/v1/activities", json=given).raise_for_status()
    with server.stream("POST", "/dashboard/v1/chat/message", json={"message": "Is it well?"}) as answer:
        events = [line.removeprefix("data: ") for line in answer.iter_lines() if line.startswith("data: ")]
    conversation = json.loads(events[-1])["conversationId"]
    return Things(dataset, file["id"], questions.json()["id"], task.json()["id"], conversation)


@pytest.mark.parametrize("place", some(SCREENS))
class TestAScreen:
    def test_says_what_it_did_not_get_and_gets_it_when_asked_again(
        self, visitor: Visitor, things: Things, place: str
    ) -> None:
        pattern, told = SCREENS[place]
        visitor.page.route(pattern, _refuse)
        visitor.open(place.format(**things._asdict()))
        alert = visitor.page.get_by_role("alert").filter(has_text=told)
        expect(alert).to_contain_text("made up by the test")
        expect(visitor.page.locator(".bone, main .spinner")).to_have_count(0)
        visitor.page.unroute(pattern)
        if place.endswith("/none"):
            alert.get_by_role("button", name="Try again").click()
            expect(visitor.page.get_by_role("alert")).not_to_contain_text("made up by the test")
            return
        alert.get_by_role("button", name="Try again").click()
        expect(visitor.page.get_by_role("alert")).to_have_count(0)


class TestAListThatIsLookedAtAgainAndAgain:
    def test_does_not_flicker_while_the_server_fails(self, visitor: Visitor) -> None:
        visitor.page.route(f"{KB}/jobs*", _refuse)
        visitor.page.clock.install()
        visitor.open("jobs")
        expect(visitor.page.get_by_role("alert")).to_be_visible()
        visitor.page.evaluate(
            """() => {
              self.changes = 0;
              new MutationObserver(() => { self.changes += 1; })
                .observe(document.querySelector("main"), { childList: true, subtree: true });
            }"""
        )
        for _ in range(2):
            with visitor.page.expect_response("**/knowledge-base/jobs*"):
                visitor.page.clock.run_for(3000)
        assert visitor.page.evaluate("self.changes") == 0
        visitor.page.unroute(f"{KB}/jobs*")
        visitor.page.clock.run_for(3000)
        expect(visitor.page.get_by_role("alert")).to_have_count(0)

    def test_waits_for_an_answer_that_takes_longer_than_its_pace(self, visitor: Visitor) -> None:
        asked: list[Route] = []
        visitor.page.route(f"{KB}/jobs*", lambda route: asked.append(route))  # noqa: PLW0108 - Playwright marks it
        visitor.page.clock.install()
        visitor.open("jobs")
        for _ in range(4):
            visitor.page.clock.run_for(3000)
        assert len(asked) == 1, "an answer was given up for the next one"
        asked[0].continue_()
        expect(visitor.page.locator(".bone")).to_have_count(0)


def _refuse(route: Route) -> None:
    """For good: 501 is not worth another try, so that the console tells at once."""
    body = '{"error": {"code": "INTERNAL", "message": "made up by the test", "details": [], "requestId": "r"}}'
    route.fulfill(status=501, content_type="application/json", body=body)
