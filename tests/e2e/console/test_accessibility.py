"""axe-core on every screen and dialog, light and dark; and every screen on a phone, at a desk and on a wall, with names
that are long and names that are written from right to left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser

from tests.e2e.console.axe import check, fits_a_phone, is_drawn
from tests.e2e.console.datasets import BASE, with_files
from tests.e2e.console.desk import WaitingWork
from tests.e2e.console.keyring import Keyring
from tests.e2e.console.visitor import Visitor
from tests.e2e.served import KEY
from tests.e2e.test_first_session import HANDBOOK
from tests.sampling import some

WIDTHS = (360, 1280, 2560)
LONG = "Unzertrennlich" * 12
SCREENS = {
    "datasets": "Datasets",
    "datasets/{dataset}/files": "{name}",
    "datasets/{dataset}/settings": "{name}",
    "datasets/{dataset}/website": "{name}",
    "datasets/{dataset}/website/{crawl}": "{name}",
    "datasets/{dataset}/file/{handbook}": "handbook.md",
    "datasets/{dataset}/file/{handbook}?view=report": "handbook.md",
    "datasets/{dataset}/file/{handbook}?view=about": "handbook.md",
    "datasets/{dataset}/file/{table}": "الجدول.csv",
    "search?q=notice+period&in={dataset}&compare=1&b.alpha=0": "Search",
    "questions": "Golden questions",
    "questions/{questions}": "{name}",
    "history": "History",
    "jobs": "Jobs",
    "access/keys": "Access",
    "access/agents": "Access",
    "access/team": "Access",
    "access/teams": "Access",
    "approvals": "Approvals",
    "approvals/{approval}": "Approvals",
    "access/audit": "Access",
    "system": "Health",
    "chat": "Chat",
    "chat/{conversation}": "{asked}",
    "tasks": "Tasks",
    "tasks/{task}": "{long}",
    "tasks/recurring": "Tasks",
    "agents": "Agents",
    "agents/researcher": "Researcher",
    "nowhere": "There is nothing at this address",
}
"""By place: its heading."""

OUTSIDE = """() => [...document.querySelectorAll("main button, main input, main select, main a, main h1, main h2")]
  .filter((one) => {
    const box = one.getBoundingClientRect();
    const scrolls = one.closest(".scroll, .tabs, .original, dialog, pre, .uploads, .only-read");
    return one.checkVisibility() && box.width > 0 && !scrolls && (box.right > innerWidth + 1 || box.left < -1);
  })
  .map((one) => one.outerHTML.slice(0, 120))"""
"""What stands outside of the window and cannot be scrolled to."""


@pytest.fixture(scope="module")
def things(server: httpx.Client, keyring: Keyring) -> Mapping[str, str]:
    """What the places and headings speak of, all with long names or ones from right to left."""
    name, knowledge = f"{LONG} {uuid4().hex[:6]}", "/dashboard/v1/knowledge-base"
    papers = {
        "handbook.md": HANDBOOK.encode(),
        "الجدول.csv": "سنة,عمر\nعشرون,36\nتسعة,41\n".encode(),
        f"{LONG}/{LONG}.md": b"# Long\n\nNotice the long name.\n",
    }
    dataset = with_files(server, name, papers)
    server.patch(
        f"{BASE}/{dataset}/config", json={"description": f"وصف المجموعة {LONG}", "allowedAgentRoles": [LONG[:64]]}
    )
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    site = {"startUrl": f"http://127.0.0.1:9/{LONG}", "scheduleFor": tomorrow}
    crawl = server.post(f"{BASE}/{dataset}/crawl", json=site).raise_for_status().json()["crawlJobId"]
    made = server.post(f"{knowledge}/question-sets", json={"name": name, "datasetId": dataset}).raise_for_status()
    questions = made.json()["id"]
    asked = {"query": "How long is the notice period?", "datasetIds": [dataset]}
    [first, *_] = server.post(f"{knowledge}/search", json=asked).raise_for_status().json()["results"]
    judged = {"query": f"{asked['query']} {LONG}", "judgements": [{"chunkId": first["chunkId"], "grade": "relevant"}]}
    server.post(f"{knowledge}/question-sets/{questions}/questions", json=judged).raise_for_status()
    body = {"kind": "compare", "configurations": [{"name": "first"}, {"name": LONG[:100], "hybridAlpha": 0}]}
    server.post(f"{knowledge}/question-sets/{questions}/evaluations", json=body).raise_for_status()
    key = {"name": LONG, "role": "reviewer", "agentRole": LONG[:64]}
    server.post("/dashboard/v1/access-keys", json=key).raise_for_status()
    work = WaitingWork(keyring.database, keyring.administrator())
    task = work.task_with_output(LONG, f"# {LONG}\n\nنص\n\n| {LONG} | b |\n|---|---|\n| 1 | 2 |\n")
    waiting = {"title": f"{LONG} {name}", "description": f"وصف {LONG}", "options": [LONG, "لون آخر"]}
    approval = work.ask(**waiting, task_ids=[task])
    comment = {"text": f"@agent:researcher {LONG} لون آخر"}
    server.post(f"/dashboard/v1/activities/{task}/comments", json=comment).raise_for_status()
    again = {
        "name": LONG,
        "inputPrompt": LONG,
        "agentRole": "researcher",
        "periodicity": "cron",
        "trigger": "0 8 * * 1",
    }
    server.post("/dashboard/v1/recurring-tasks", json=again).raise_for_status()
    server.post("/dashboard/v1/chat/message", json={"message": f"What is a notice? {LONG} لون آخر"}).raise_for_status()
    [conversation, *_] = server.get("/dashboard/v1/chat/conversations").raise_for_status().json()["data"]
    ids = {file["fileName"]: file["id"] for file in server.get(f"{BASE}/{dataset}").json()["files"]}
    return {
        "dataset": dataset, "name": name, "crawl": crawl, "questions": questions,
        "approval": approval, "task": task, "long": LONG,
        "conversation": conversation["id"], "asked": conversation["title"],
        "handbook": ids["handbook.md"], "table": ids["الجدول.csv"],
    }  # fmt: skip


@pytest.fixture
def visitor(browser: Browser, server: httpx.Client) -> Iterator[Visitor]:
    visitor = Visitor.at(browser, str(server.base_url), key=KEY)
    yield visitor
    visitor.leave()


def resize(visitor: Visitor, width: int) -> None:
    """Until the page is laid out anew: twice drawn, since what watches its own size answers with the next picture."""
    visitor.page.set_viewport_size({"width": width, "height": 860})
    visitor.page.wait_for_function("width => innerWidth === width", arg=width)
    visitor.page.evaluate("() => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))")


def widest(visitor: Visitor) -> int:
    """Of the page, in pixels; what is higher than its window's width scrolls sideways."""
    found: int = visitor.page.evaluate("document.documentElement.scrollWidth")
    return found


class TestTheDoor:
    def test_breaks_no_rule(self, visitor: Visitor) -> None:
        visitor.sign_in("wrong")
        visitor.sees("This key is not accepted")
        check(visitor, "sign in")
        visitor.press("With a password")
        check(visitor, "sign in with a password")


@pytest.mark.parametrize("place", some(SCREENS))
class TestEveryScreen:
    def test_breaks_no_rule(self, visitor: Visitor, things: Mapping[str, str], place: str) -> None:
        visitor.open(place.format(**things))
        visitor.sees_heading(SCREENS[place].format(**things))
        is_drawn(visitor)
        check(visitor, place)
        for width in WIDTHS:
            resize(visitor, width)
            assert widest(visitor) <= width, f"{place} is {widest(visitor)} pixels wide on a screen of {width}"
            outside = visitor.page.evaluate(OUTSIDE)
            assert outside == [], f"of {place} this is cut off on a screen of {width}"


class TestWhatOpens:
    def test_breaks_no_rule(self, visitor: Visitor, things: Mapping[str, str]) -> None:
        page, dataset = visitor.page, things["dataset"]
        visitor.open("datasets")
        visitor.press("New dataset")
        visitor.dialog.get_by_text("How files are cut").click()
        check(visitor, "new dataset")
        visitor.open(f"datasets/{dataset}/files")
        page.get_by_label("Choose all that are listed").check()
        page.get_by_role("button", name="Actions for handbook.md").click()
        check(visitor, "menu")
        page.keyboard.press("Escape")
        visitor.press("Upload")
        check(visitor, "upload")
        visitor.open(f"search?q=notice&in={dataset}")
        visitor.hits.first.get_by_role("button", name="Why this one").click()
        page.get_by_text("This request elsewhere").click()
        check(visitor, "explained")

    @pytest.mark.parametrize(
        ("place", "press"),
        some([
            ("access/keys", "New key"), ("access/team", "Invite"), ("datasets/{dataset}/website", "Add a website"),
            ("datasets/{dataset}/website", "Login …"), ("questions/{questions}", "Evaluate …"),
            ("questions/{questions}", "Import …"), ("search?q=notice&in={dataset}", "Why not …"),
            ("search?q=notice&in={dataset}", "Save this search"), ("datasets/{dataset}/settings", "Delete …"),
        ]),
    )  # fmt: skip
    def test_as_a_dialog_breaks_no_rule_and_fits_a_phone(
        self, visitor: Visitor, things: Mapping[str, str], place: str, press: str
    ) -> None:
        visitor.open(place.format(**things))
        visitor.press(press)
        is_drawn(visitor)
        check(visitor, press)
        fits_a_phone(visitor)

    def test_on_a_phone_breaks_no_rule(self, visitor: Visitor, things: Mapping[str, str]) -> None:
        visitor.page.set_viewport_size({"width": 360, "height": 740})
        for place in ("datasets", "datasets/{dataset}/files", "search?q=notice&in={dataset}"):
            visitor.open(place.format(**things))
            is_drawn(visitor)
            check(visitor, place)
        visitor.press("Navigation")
        check(visitor, "navigation")
