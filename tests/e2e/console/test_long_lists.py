"""A list of 5,000 files, long names and other scripts: quick to open, to filter, to sort and to scroll."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import CDPSession, Route, expect

from tests.e2e.console.datasets import BASE, filled
from tests.e2e.console.visitor import Visitor

ROWS = 5000
MOST_SECONDS = 0.1
TRIES = 4
"""Other processes of a busy machine count in the browser's clock; the best of a few tries is the script's own time."""
_SCRIPTS = ["Jahresbericht", "تقرير سنوي", "年次報告書", "Ετήσια έκθεση", "דוח שנתי", "a" * 200]


class Listed(NamedTuple):
    id: str
    name: str


@pytest.fixture
def dataset(server: httpx.Client, visitor: Visitor) -> Listed:
    """A dataset of which the server seems to list 5,000 files."""
    name = f"Long {uuid4()}"
    made = filled(server, name, 1)
    body = server.get(f"{BASE}/{made}").json()
    [file] = body["files"]
    body["files"] = [
        {
            **file,
            "id": f"{file['id'][:-5]}{n:05}",
            "fileName": f"{_SCRIPTS[n % len(_SCRIPTS)]}/{n:04} {_SCRIPTS[(n + 1) % len(_SCRIPTS)]}.pdf",
            "fileSizeBytes": n * 7919 % 1_000_000,
        }
        for n in range(ROWS)
    ]
    answer = json.dumps(body)

    def list_files(route: Route) -> None:
        route.fulfill(status=200, content_type="application/json", body=answer)

    visitor.page.route(f"**{BASE}/{made}", list_files)
    return Listed(made, name)


def script_seconds(session: CDPSession, deed: Callable[[], object]) -> float:
    def now() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "ScriptDuration"))

    before = now()
    deed()
    return now() - before


class TestFiveThousandFiles:
    def test_take_under_a_tenth_of_a_second_of_script_each_time(self, visitor: Visitor, dataset: Listed) -> None:
        page = visitor.page
        session = visitor.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        visitor.open("datasets")
        heading = page.get_by_role("table", name="Files").get_by_role("button", name="Name")

        def open_list() -> None:
            visitor.open("datasets")
            page.get_by_role("link", name=dataset.name).click()
            expect(page.get_by_text("5,000 files")).to_be_visible()

        def sort() -> None:
            heading.click()
            expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
            heading.click()
            expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")

        def filter_names() -> None:
            page.get_by_label("Filter by name").fill("年次報告書.pdf")
            expect(page.get_by_text("of 5,000 files")).to_be_visible()
            page.get_by_label("Filter by name").fill("")
            expect(page.get_by_text("5,000 files", exact=True)).to_be_visible()

        def scroll() -> None:
            page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            page.evaluate("scrollTo(0, 0)")

        for deed, parts in ((open_list, 1), (sort, 2), (filter_names, 2), (scroll, 3)):
            best = min(script_seconds(session, deed) / parts for _ in range(TRIES))
            assert best < MOST_SECONDS, f"{deed.__name__} took {best:.3f} s of script"

    def test_draw_only_what_can_be_seen_and_stay_within_the_screen(self, visitor: Visitor, dataset: Listed) -> None:
        for width in (360, 1280, 2560):
            visitor.page.set_viewport_size({"width": width, "height": 900})
            visitor.open(f"datasets/{dataset.id}/files")
            expect(visitor.page.get_by_role("row").nth(5)).to_be_visible()
            assert visitor.page.get_by_role("row").count() < 60
            assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width

    def test_can_all_be_chosen_at_once(self, visitor: Visitor, dataset: Listed) -> None:
        visitor.open(f"datasets/{dataset.id}/files")
        visitor.page.get_by_label("Choose all that are listed").check()
        expect(visitor.page.get_by_text("5,000 files chosen")).to_be_visible()
