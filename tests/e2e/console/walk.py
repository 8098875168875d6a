"""Pictures of one task from the schedule to its end, for docs/agents-at-work.md; taken by `make screenshots`."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.e2e.console.datasets import BASE, with_files
from tests.e2e.console.visitor import Visitor
from tests.e2e.served import KEY

NAME = "Weekly briefing"
_PAPERS = {
    "bakery/ovens.md": b"# Ovens\n\nThe bread oven was made by Ferrante in Turin. It reaches 300 degrees within nine "
    b"minutes.\n\n# Care\n\nThe stone is swept every evening and replaced every six years.\n",
    "people/holidays.md": b"# Holidays\n\nEverybody has 28 days of holiday in a year. Unused days are paid out in "
    b"March.\n",
}


def take_walk(browser: Browser, server: httpx.Client, save: Callable[[Page, str], None]) -> str:
    """The id of the activity, which is done."""
    dataset = with_files(server, "Bakery", _PAPERS)
    server.patch(f"{BASE}/{dataset}/config", json={"allowedAgentRoles": ["researcher"]}).raise_for_status()
    visitor = Visitor.at(browser, str(server.base_url), key=KEY)
    page = visitor.page

    def picture(name: str) -> None:
        for toast in page.get_by_role("button", name="Dismiss").all():
            toast.click()
        visitor.at_rest()
        page.mouse.move(0, 0)
        save(page, f"walk-{name}")

    _ask(visitor)
    picture("1-schedule")
    visitor.press("Save")
    expect(page.get_by_role("row").filter(has_text=NAME)).to_be_visible()
    visitor.choose_in_menu(NAME, "Run now")
    answer = page.get_by_role("region", name="Answer", exact=True)
    expect(answer.get_by_text("Version 1")).to_be_visible()
    page.get_by_text("How it was found").click()
    picture("2-answer")
    task = page.url.rsplit("/", 1)[1]
    visitor.follow("Decide")
    page.get_by_label("Note").fill("How many days of holiday has everybody in a year?")
    picture("3-approval")
    visitor.press("Reject")
    visitor.sees("Rejected.")
    visitor.open(f"tasks/{task}")
    expect(answer.get_by_text("Version 2")).to_be_visible()
    picture("4-revised")
    visitor.follow("Decide")
    visitor.press("Approve")
    visitor.sees("Approved.")
    visitor.open("tasks")
    expect(page.get_by_role("region", name="Done").get_by_role("link", name=NAME)).to_be_visible()
    picture("5-board")
    visitor.open(f"tasks/{task}")
    answer.get_by_role("link", name="ovens.md").first.click()
    visitor.sees_heading("ovens.md")
    picture("6-place")
    visitor.leave()
    return task


def _ask(visitor: Visitor) -> None:
    visitor.open("tasks/recurring")
    visitor.press("New recurring task")
    dialog = visitor.dialog
    dialog.get_by_label("Name").fill(NAME)
    dialog.get_by_label("What is to be done").fill("Who made the {{thing}} in Turin?")
    dialog.get_by_label("Where to look").select_option(label="Bakery")
    dialog.get_by_label("thing").fill("bread oven")
    dialog.get_by_label("Time zone").fill("Europe/Berlin")
