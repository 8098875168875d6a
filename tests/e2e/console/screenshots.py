"""Pictures of every screen at three widths, light and dark in turn, into docs/console: `make screenshots`."""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Literal, NamedTuple

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.console.conftest import ARGUMENTS, chromium
from tests.e2e.console.datasets import BASE, with_files
from tests.e2e.console.visitor import Visitor
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


class Shown(NamedTuple):
    """A screen: the name of its pictures, where it is, and a button to press once there."""

    name: str
    place: str
    press: str | None = None


def main() -> None:
    path = chromium()
    if path is None:
        sys.exit("no Chromium (on Debian: apt-get install chromium)")
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "home") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        screens = _screens(server, _fill(server, Path(folder)))
        for width, height, colours in SIZES:
            _take(browser, server, screens, (width, height), colours)
        browser.close()


def _fill(server: httpx.Client, folder: Path) -> tuple[str, str]:
    """Two datasets with something in them. The ids of the first and of a PDF in it."""
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
    for question in ("What do visitors have to wear?", "How long is the notice period?", "May dogs come to work?"):
        server.post("/dashboard/v1/knowledge-base/search", json={"query": question, "datasetIds": [first]})
    files = server.get(f"{BASE}/{first}").json()["files"]
    return first, next(file["id"] for file in files if file["fileName"] == "house guide.pdf")


def _screens(server: httpx.Client, filled: tuple[str, str]) -> list[Shown]:
    """Those that this server has; see the sections of the console."""
    dataset, guide = filled
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
        "dashboardKbCrawlSitesList": [Shown("websites", f"datasets/{dataset}/website")],
        "dashboardKbQuestionSetsList": [Shown("questions", "questions")],
        "dashboardKbSearchRecordsList": [Shown("history", "history")],
        "dashboardKbJobsList": [Shown("jobs", "jobs", "All")],
        "dashboardAccessKeysList": [
            Shown("keys", "access"),
            Shown("team", "access/team"),
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
        expect(visitor.page.locator("[aria-busy=true], .bone")).to_have_count(0)
        visitor.page.wait_for_timeout(400)  # a dialog's shadow, a button's colour
        _save(visitor.page, f"{screen.name}-{width}")
    visitor.leave()


def _save(page: Page, name: str) -> None:
    """With few colours: a screen has not many, and the pictures go into the repository."""
    image = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    image.save(TARGET / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
