"""axe-core on every screen, in both colour schemes, at a desk's width and at a phone's."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.console.datasets import with_files
from tests.e2e.console.visitor import Visitor
from tests.e2e.served import KEY
from tests.e2e.test_first_session import HANDBOOK

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
Colours = Literal["light", "dark"]


@pytest.fixture(scope="module")
def dataset(server: httpx.Client) -> str:
    return with_files(server, "Axe", {"handbook.md": HANDBOOK.encode(), "table.csv": b"name,age\nAda,36\nAlan,41\n"})


@pytest.fixture(params=["light", "dark"])
def visitor(request: pytest.FixtureRequest, browser: Browser, server: httpx.Client) -> Iterator[Visitor]:
    visitor = Visitor.at(browser, str(server.base_url), key=KEY, colours=request.param)
    visitor.page.emulate_media(reduced_motion="reduce")  # a colour half-way through a transition is nobody's contrast
    yield visitor
    visitor.leave()


def check(page: Page, place: str) -> None:
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
    violations = [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    assert not violations, f"{place}:\n" + "\n".join(violations)
    assert found["passes"], "axe looked at nothing"


class TestTheDoor:
    def test_breaks_no_rule(self, visitor: Visitor) -> None:
        visitor.sign_in("wrong")
        visitor.sees("This key is not accepted")
        check(visitor.page, "sign in")


class TestEveryScreen:
    def test_breaks_no_rule(self, visitor: Visitor, server: httpx.Client, dataset: str) -> None:
        page = visitor.page
        file = server.get(f"/dashboard/v1/knowledge-base/datasets/{dataset}").json()["files"][0]["id"]
        screens = {
            "datasets": "Datasets",
            f"datasets/{dataset}/files": "Axe",
            f"datasets/{dataset}/settings": "Axe",
            f"datasets/{dataset}/file/{file}": "handbook.md",
            f"search?q=notice+period&in={dataset}&compare=1&b.alpha=0": "Search",
            f"datasets/{dataset}/website": "Axe",
            "jobs": "Jobs",
            "access/keys": "Access",
            "access/team": "Access",
            "access/audit": "Access",
            "system": "Health",
            "questions": "Golden questions",
            "history": "History",
            "nowhere": "There is nothing at this address",
        }
        for place, heading in screens.items():
            visitor.open(place)
            visitor.sees_heading(heading)
            visitor.at_rest()
            check(page, place)

    def test_breaks_no_rule_with_a_dialog_or_a_menu_open(self, visitor: Visitor, dataset: str) -> None:
        visitor.open("datasets")
        visitor.press("New dataset")
        visitor.dialog.get_by_text("How files are cut").click()
        check(visitor.page, "new dataset")
        visitor.open(f"datasets/{dataset}/files")
        visitor.page.get_by_label("Choose all that are listed").check()
        visitor.page.get_by_role("button", name="Actions for table.csv").click()
        check(visitor.page, "menu")
        visitor.page.keyboard.press("Escape")
        visitor.press("Upload")
        check(visitor.page, "upload")

    def test_breaks_no_rule_on_a_phone(self, visitor: Visitor, dataset: str) -> None:
        visitor.page.set_viewport_size({"width": 360, "height": 740})
        for place in ("datasets", f"datasets/{dataset}/files", f"search?q=notice&in={dataset}"):
            visitor.open(place)
            visitor.at_rest()
            check(visitor.page, place)
            width = visitor.page.evaluate("document.documentElement.scrollWidth")
            assert width <= 360, f"{place} is {width} pixels wide on a screen of 360"
        visitor.press("Navigation")
        check(visitor.page, "navigation")
