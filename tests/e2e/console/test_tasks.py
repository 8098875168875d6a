"""People and agents at work: a task from the dialog to the approval, watched as it goes; what is asked for again and
again; and who does it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.console.datasets import BASE, with_files
from tests.e2e.console.keyring import Keyring
from tests.e2e.console.visitor import Visitor

ACTIVITIES = "/dashboard/v1/activities"
PAPERS = {
    "ovens.md": b"# Ovens\n\nThe bread oven was made by Ferrante in Turin. It reaches 300 degrees.\n",
    "staff.md": b"# Holidays\n\nEverybody has 28 days of holiday in a year. Unused days are paid out in March.\n",
}


@pytest.fixture(scope="module")
def house(server: httpx.Client) -> str:
    """The name of a dataset for the researcher."""
    name = f"House {uuid4().hex[:6]}"
    dataset = with_files(server, name, PAPERS)
    config = {"allowedAgentRoles": ["researcher"]}
    server.patch(f"{BASE}/{dataset}/config", json=config).raise_for_status()
    return name


@pytest.fixture
def waiting(server: httpx.Client) -> str:
    """A task for an agent that is nowhere, which waits for it."""
    given = {"title": f"Waits {uuid4()}", "inputPrompt": "Write.", "agentRole": "adros_cmo"}
    return str(server.post(ACTIVITIES, json=given).raise_for_status().json()["id"])


@pytest.fixture
def reviewer(browser: Browser, server: httpx.Client, keyring: Keyring) -> Iterator[Visitor]:
    visitor = Visitor.at(browser, str(server.base_url), key=keyring.make("reviewer"))
    yield visitor
    visitor.leave()
    assert visitor.troubles == []


def region(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("region", name=name, exact=True)


class TestATask:
    def test_is_given_watched_sent_back_revised_approved_and_done(self, visitor: Visitor, house: str) -> None:
        page, title = visitor.page, f"Briefing {uuid4()}"
        visitor.open("tasks")
        visitor.press("New task")
        visitor.dialog.get_by_label("Title").fill(title)
        visitor.dialog.get_by_label("What is to be done").fill("Who made the bread oven in Turin?")
        visitor.dialog.get_by_label("Where to look").select_option(label=house)
        visitor.press("Give the task")
        visitor.sees_heading(title)
        answer = region(visitor, "Answer")
        expect(answer).to_contain_text("made by Ferrante in Turin")
        expect(answer.get_by_text("Version 1")).to_be_visible()
        page.get_by_text("How it was found").click()
        expect(page.locator("q", has_text="Who made the bread oven in Turin?").first).to_be_visible()
        expect(page.locator(".run").get_by_text("ovens.md").first).to_be_visible()
        visitor.follow("Decide")
        expect(page.get_by_role("complementary", name="Sources of What it has brought")).to_contain_text("ovens.md")
        page.get_by_label("Note").fill("How many days of holiday has everybody in a year?")
        visitor.press("Reject")
        visitor.sees("Rejected.")
        visitor.open("tasks")
        region(visitor, "Needs a person").get_by_role("link", name=title).click()
        expect(answer.get_by_text("Version 2")).to_be_visible()
        expect(page.get_by_text("How many days of holiday has everybody in a year?").first).to_be_visible()
        expect(answer).to_contain_text("28 days of holiday")
        visitor.follow("Decide")
        visitor.press("Approve")
        visitor.sees("Approved.")
        visitor.open("tasks")
        region(visitor, "Done").get_by_role("link", name=title).click()
        answer.get_by_role("link", name="ovens.md").first.click()
        visitor.sees_heading("ovens.md")
        expect(page.locator(".chunk.wanted")).to_contain_text("made by Ferrante")

    def test_moves_on_the_board_by_itself(self, visitor: Visitor, server: httpx.Client, waiting: str) -> None:
        title = server.get(f"{ACTIVITIES}/{waiting}").json()["title"]
        visitor.open("tasks")
        expect(region(visitor, "To do").get_by_role("link", name=title)).to_be_visible()
        server.post(f"{ACTIVITIES}/{waiting}/pause").raise_for_status()
        expect(region(visitor, "Needs a person").get_by_role("link", name=title)).to_be_visible()

    def test_is_paused_goes_on_is_asked_about_and_is_called_off(
        self, visitor: Visitor, server: httpx.Client, waiting: str
    ) -> None:
        page = visitor.page
        visitor.open(f"tasks/{waiting}")
        visitor.press("Pause")
        visitor.press("Let it go on …")
        visitor.dialog.get_by_label("Instructions").fill("In English.")
        visitor.press("Go on")
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        asked = {"text": "Which year is it about?"}
        server.post(f"{ACTIVITIES}/{waiting}/blockers", json=asked).raise_for_status()
        expect(region(visitor, "A question")).to_contain_text("Which year is it about?")
        page.get_by_role("form", name="Answer").get_by_label("Answer").fill("1994.")
        page.get_by_role("form", name="Answer").get_by_role("button").click()
        expect(region(visitor, "Timeline")).to_contain_text("1994.")
        page.get_by_role("textbox", name="Comment").fill("Please look")
        page.get_by_label("Mention somebody").select_option(label="Researcher")
        visitor.press("Say it")
        expect(page.locator(".mention")).to_have_text("@Researcher")
        visitor.press("Call off …")
        visitor.press("Call off", within=visitor.dialog)
        expect(page.locator(".page-head").get_by_text("Failed", exact=True)).to_be_visible()
        kept = server.get(f"{ACTIVITIES}/{waiting}").json()
        assert [one["text"] for one in kept["comments"]][-1] == "Please look @agent:researcher"

    def test_is_read_and_not_touched_by_who_may_only_read(self, reviewer: Visitor, waiting: str) -> None:
        for place, heading in ((f"tasks/{waiting}", None), ("tasks", "Tasks"), ("tasks/recurring", "Tasks")):
            reviewer.open(place)
            reviewer.at_rest()
            if heading:
                reviewer.sees_heading(heading)
            expect(reviewer.page.locator("main button")).to_have_count(0)
        reviewer.open("agents/researcher")
        reviewer.sees("Administrators change these.")
        assert reviewer.page.locator("main button").all_inner_texts() == ["Test"]


class TestTheBoard:
    def test_shows_older_tasks_on_request_and_keeps_them_fresh(self, visitor: Visitor, server: httpx.Client) -> None:
        role = f"copyist-{uuid4().hex[:6]}"
        key = {"name": role, "role": "member", "agentRole": role}
        server.post("/dashboard/v1/access-keys", json=key).raise_for_status()
        titles = [f"Copy {number} {role}" for number in range(8)]
        made = [
            server.post(ACTIVITIES, json={"title": title, "inputPrompt": "Copy.", "agentRole": role}).json()["id"]
            for title in titles
        ]
        pages = "**/dashboard/v1/activities?*"
        visitor.page.route(pages, lambda route: route.continue_(url=route.request.url.replace("limit=100", "limit=3")))
        visitor.open("tasks")
        visitor.page.get_by_label("Whose tasks").select_option(label=role)
        todo = region(visitor, "To do")
        older = todo.get_by_role("button", name="Show older ones")
        for shown in (3, 6):
            expect(todo.get_by_role("link")).to_have_count(shown)
            expect(todo.get_by_text(f"{shown}+")).to_be_visible()
            older.click()
        expect(todo.get_by_role("link")).to_have_count(8)
        expect(older).to_have_count(0)
        assert [text.split("\n")[0] for text in todo.get_by_role("link").all_inner_texts()] == titles[::-1]
        server.post(f"{ACTIVITIES}/{made[0]}/pause").raise_for_status()
        expect(region(visitor, "Needs a person").get_by_role("link", name=titles[0])).to_be_visible()
        expect(todo.get_by_role("link")).to_have_count(7)


class TestARecurringTask:
    def test_is_made_with_its_times_in_words_and_run_at_once(
        self, visitor: Visitor, server: httpx.Client, house: str
    ) -> None:
        page, name = visitor.page, f"Weekly {uuid4()}"
        visitor.open("tasks/recurring")
        visitor.press("New recurring task")
        visitor.dialog.get_by_label("Name").fill(name)
        visitor.dialog.get_by_label("What is to be done").fill("Who made the {{thing}} in Turin?")
        visitor.dialog.get_by_label("Where to look").select_option(label=house)
        visitor.dialog.get_by_label("thing").fill("bread oven")
        visitor.dialog.get_by_label("On", exact=True).select_option(label="Friday")
        visitor.dialog.get_by_label("At", exact=True).fill("17:30")
        visitor.dialog.get_by_label("Time zone").fill("Europe/Berlin")
        visitor.press("Save")
        row = page.get_by_role("row").filter(has_text=name)
        expect(row).to_contain_text("Every Friday at 17:30, Europe/Berlin")
        visitor.choose_in_menu(name, "Switch off")
        expect(row).to_contain_text("not by itself")
        visitor.choose_in_menu(name, "Run now")
        visitor.sees_heading(name)
        expect(region(visitor, "Answer")).to_contain_text("made by Ferrante in Turin")
        [kept] = [one for one in server.get("/dashboard/v1/recurring-tasks").json()["data"] if one["name"] == name]
        assert (kept["trigger"], kept["variableValues"], kept["isActive"]) == (
            "30 17 * * 5", {"thing": "bread oven"}, False,
        )  # fmt: skip


class TestAnAgent:
    def test_is_tested_and_set(self, visitor: Visitor, server: httpx.Client) -> None:
        visitor.open("agents")
        visitor.follow("Adros Research")
        visitor.press("Test")
        expect(visitor.page.get_by_role("alert")).to_be_visible()
        visitor.page.get_by_label("Thinks with").select_option(label="A model that speaks as OpenAI's")
        visitor.page.get_by_label("Model", exact=True).fill("small")
        visitor.page.get_by_label("Turns of a run").fill("6")
        visitor.page.get_by_label("Hand a part over to another agent").uncheck()
        visitor.press("Save")
        visitor.sees("Saved.")
        kept = server.get("/dashboard/v1/agents/adros_research").json()
        assert (kept["adapterType"], kept["model"], kept["adapterConfig"]["maxTurnsPerRun"]) == ("openai", "small", 6)
        assert "hand_over" not in kept["toolNames"]
        server.patch("/dashboard/v1/agents/adros_research", json={"adapterType": "outside"}).raise_for_status()
