"""Pictures of every screen at three widths, light and dark in turn, into docs/console: `make screenshots`. With
names of screens behind the command, of those alone."""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Literal, NamedTuple

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from identity.keys import AccessKeys
from kit.clock import SystemClock
from kit.db.database import Database
from orchestration.approvals.types import RiskLevel
from tests.browsers import chromium
from tests.e2e.console.conftest import ARGUMENTS, OF_A_CRAWL
from tests.e2e.console.datasets import BASE, settle, with_files
from tests.e2e.console.desk import WaitingWork
from tests.e2e.console.keyring import Keyring
from tests.e2e.console.visitor import Visitor
from tests.e2e.console.walk import take_walk
from tests.e2e.console.website import opened
from tests.e2e.served import KEY, served
from tests.e2e.test_first_session import HANDBOOK
from tests.unit.ingest.parsers.pdf_writer import PdfPage, PdfWriter, Put, prose

TARGET = Path(__file__).resolve().parents[3] / "docs" / "console"
SIZES: tuple[tuple[int, int, Literal["light", "dark"]], ...] = (
    (360, 740, "light"), (1280, 860, "light"), (2560, 1300, "dark"),
)  # fmt: skip
COLOURS = 128
_RULES = [
    "Visitors are met at the gate and wear a badge for the whole of their stay.",
    "The badge is given back at the gate, or is sent in within a week.",
    "Whoever brings a visitor is answerable for what the visitor does.",
]
_QUESTION = "What+do+visitors+have+to+wear"
_KNOWLEDGE = "/dashboard/v1/knowledge-base"
_CRAWL_SECONDS = 240


class Things(NamedTuple):
    """Ids of what the screens show."""

    dataset: str
    guide: str
    crawl: str
    questions: str


class Shown(NamedTuple):
    """A screen: the name of its pictures, where it is, and a button to press once there."""

    name: str
    place: str
    press: str | None = None


def main() -> None:
    path = chromium()
    if path is None:
        sys.exit("no Chromium (on Debian: apt-get install chromium-headless-shell)")
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "home", **OF_A_CRAWL) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        wanted = set(sys.argv[1:])
        task = take_walk(browser, server, _save)
        screens = [
            one for one in _screens(server, _fill(server, Path(folder)), task) if not wanted or one.name in wanted
        ]
        for width, height, colours in SIZES:
            _take(browser, server, screens, (width, height), colours)
        browser.close()


def _fill(server: httpx.Client, folder: Path) -> Things:
    """Two datasets with something in them, a crawl, golden questions and keys."""
    pages = [
        PdfPage([Put("House guide", size=22, y=80), *prose(["This guide is for all who work here."] * 9, top=120)]),
        PdfPage([Put("Visitors", size=16, y=80, bold=True), *prose(_RULES * 3, top=120)]),
    ]
    guide = PdfWriter(pages, outline=[("Visitors", 1)], title="House guide").write(folder / "guide.pdf").read_bytes()
    papers = {
        "house guide.pdf": guide,
        "handbook.md": HANDBOOK.encode(),
        "people/leave 2026.csv": b"team,days\nArchive,30\nWorkshop,31\nFront desk,28\n",
        "people/الإجازات.md": "# الإجازات\n\nلكل عامل ثلاثون يومًا من الإجازة في السنة.\n".encode(),
        "scan without text.pdf": PdfWriter([PdfPage([])]).write(folder / "scan.pdf").read_bytes(),
    }
    first = with_files(server, "Handbook", papers)
    server.patch(
        f"{BASE}/{first}/config", json={"description": "How we work, and who may do what", "allowedAgentRoles": ["*"]}
    )
    with_files(
        server, "Product notes", {"notes.md": b"# Release 4\n\nThe importer reads tables that go on over pages.\n"}
    )
    crawl = _crawl(server, first, folder)
    _ask(folder / "home")
    server.post("/api/teams", json={"name": "Night shift", "description": "Those who keep the lamps lit"})
    for question in ("What do visitors have to wear?", "How long is the notice period?", "May dogs come to work?"):
        server.post(f"{_KNOWLEDGE}/search", json={"query": question, "datasetIds": [first]})
    for name, role in (("Support desk", "support"), ("Newsletter", "copywriter")):
        server.post("/dashboard/v1/access-keys", json={"name": name, "role": "reviewer", "agentRole": role})
    files = server.get(f"{BASE}/{first}").json()["files"]
    guide = next(file["id"] for file in files if file["fileName"] == "house guide.pdf")
    return Things(first, guide, crawl, _questions(server, first))


def _ask(home: Path) -> None:
    """Two approvals, one with what a task has brought."""
    database = Database(f"sqlite:///{home}/cairn.db")
    work = WaitingWork(database, Keyring(database, AccessKeys(clock=SystemClock())).administrator())
    work.ask(title="Order badges for the whole of next year", details={"amount": "€ 420"})
    letter = "# To our visitors\n\nFrom May on, badges are given out **at the gate**. They are worn all day.\n"
    work.ask(
        title="Send the letter about badges", risk=RiskLevel.MEDIUM, options=["this week", "with the next newsletter"],
        description="It goes to everybody who has visited us since January.",
        task_ids=[work.task_with_output("Letter to visitors", letter)],
    )  # fmt: skip
    database.close()


def _crawl(server: httpx.Client, dataset: str, folder: Path) -> str:
    """The id of a crawl that is done."""
    (folder / "site").mkdir()
    with opened(folder / "site") as website:
        site = {"startUrl": website.address, "schedule": "weekly", "timeZone": "Europe/Athens"}
        server.put(f"{BASE}/{dataset}/crawl", json=site).raise_for_status()
        begun = server.post(f"{BASE}/{dataset}/crawl", json={"startUrl": website.address}).raise_for_status()
        crawl = str(begun.json()["crawlJobId"])
        deadline = monotonic() + _CRAWL_SECONDS
        while server.get(f"{BASE}/{dataset}/crawl/{crawl}").json()["state"] != "completed":
            assert monotonic() < deadline, "the website was not crawled in time"
            sleep(0.2)
    settle(server, dataset)
    return crawl


def _questions(server: httpx.Client, dataset: str) -> str:
    """The id of a set of golden questions that searches were evaluated by."""
    sets = f"{_KNOWLEDGE}/question-sets"
    made = str(server.post(sets, json={"name": "What people ask", "datasetId": dataset}).json()["id"])
    for query in ("What do visitors have to wear?", "How long is the notice period?", "Where does lighthouse 3 stand?"):
        found = server.post(f"{_KNOWLEDGE}/search", json={"query": query, "datasetIds": [dataset]}).json()["results"]
        judgements: list[dict[str, Any]] = [{"chunkId": found[0]["chunkId"], "grade": "relevant"}]
        server.post(f"{sets}/{made}/questions", json={"query": query, "judgements": judgements}).raise_for_status()
    variants = [{"name": "as the dataset is set"}, {"name": "words only", "hybridAlpha": 0}]
    server.post(f"{sets}/{made}/evaluations", json={"kind": "compare", "configurations": variants}).raise_for_status()
    deadline = monotonic() + _CRAWL_SECONDS
    while server.get(f"{sets}/{made}/evaluations").json()["data"][0]["state"] != "done":
        assert monotonic() < deadline, "the questions were not evaluated in time"
        sleep(0.2)
    return made


def _screens(server: httpx.Client, things: Things, task: str) -> list[Shown]:
    """Those that this server has; see the sections of the console."""
    dataset, guide = things.dataset, things.guide
    offered = set(server.get("/dashboard/v1/me").json()["operations"])
    screens = [
        Shown("datasets", "datasets"),
        Shown("files", f"datasets/{dataset}/files"),
        Shown("upload", f"datasets/{dataset}/files", "Upload"),
        Shown("settings", f"datasets/{dataset}/settings"),
        Shown("file", f"datasets/{dataset}/file/{guide}"),
        Shown("report", f"datasets/{dataset}/file/{guide}", "Report"),
        Shown("search", f"search?q={_QUESTION}&in={dataset}", "Why this one"),
        Shown("compare", f"search?q={_QUESTION}&in={dataset}&compare=1&a.alpha=0.7&b.alpha=0"),
        Shown("system", "system", "Examine now"),
    ]
    for operation, found in {
        "dashboardKbCrawlSitesList": [
            Shown("websites", f"datasets/{dataset}/website"),
            Shown("crawl", f"datasets/{dataset}/website/{things.crawl}"),
        ],
        "dashboardKbQuestionSetsList": [Shown("questions", f"questions/{things.questions}")],
        "dashboardKbSearchRecordsList": [Shown("history", "history")],
        "dashboardKbJobsList": [Shown("jobs", "jobs", "All")],
        "dashboardActivitiesList": [Shown("tasks", "tasks"), Shown("task", f"tasks/{task}")],
        "dashboardRecurringTasksList": [Shown("recurring", "tasks/recurring")],
        "dashboardAgentsList": [Shown("workers", "agents"), Shown("worker", "agents/researcher", "Test")],
        "dashboardApprovalsList": [Shown("approvals", "approvals")],
        "dashboardAccessKeysList": [
            Shown("keys", "access"),
            Shown("agents", "access/agents"),
            Shown("team", "access/team"),
            Shown("teams", "access/teams"),
            Shown("audit", "access/audit"),
        ],
    }.items():
        screens += found if operation in offered else []
    return screens


def _take(
    browser: Browser,
    server: httpx.Client,
    screens: list[Shown],
    size: tuple[int, int],
    colours: Literal["light", "dark"],
) -> None:
    width, height = size
    visitor = Visitor.at(browser, str(server.base_url), key=KEY, width=width, height=height, colours=colours)
    visitor.page.goto("/")
    visitor.page.get_by_label("Key").wait_for()
    _save(visitor.page, f"sign-in-{width}")
    visitor.leave()
    visitor = Visitor.at(browser, str(server.base_url), key=KEY, width=width, height=height, colours=colours)
    for screen in screens:
        visitor.open("nowhere")
        visitor.open(screen.place)
        visitor.at_rest()
        if screen.press:
            visitor.page.get_by_role("button", name=screen.press, exact=True).first.click()
            visitor.at_rest()  # what it begins shows only once the server has answered
        visitor.page.mouse.move(0, 0)
        expect(visitor.page.locator("[aria-busy=true], .bone, .page .spinner")).to_have_count(0)
        for toast in visitor.page.get_by_role("button", name="Dismiss").all():
            toast.click()
        visitor.page.wait_for_timeout(400)  # a dialog's shadow, a button's colour
        _save(visitor.page, f"{screen.name}-{width}")
    visitor.leave()


def _save(page: Page, name: str) -> None:
    """With few colours: a screen has not many, and the pictures go into the repository."""
    image = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    image.save(TARGET / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
