"""The same work over an API that is slow and loses every tenth answer: nothing lost, nothing doubled, nothing left
spinning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.console.datasets import BASE, settle
from tests.e2e.console.faulty import faulty
from tests.e2e.console.visitor import Visitor
from tests.e2e.served import KEY

FILES = 6
TRIES = 4


@pytest.fixture
def papers(tmp_path: Path) -> list[Path]:
    for number in range(FILES):
        (tmp_path / f"paper {number}.md").write_text(f"# Paper {number}\n\nIt is about {number} lamps.\n", "utf-8")
    return sorted(tmp_path.iterdir())


class TestAnApiThatFails:
    @pytest.mark.parametrize(
        "latency", [0.1, pytest.param(2.0, marks=[pytest.mark.slow, pytest.mark.timeout(600)])], ids=["quick", "slow"]
    )
    def test_loses_and_doubles_nothing(
        self, browser: Browser, server: httpx.Client, papers: list[Path], latency: float
    ) -> None:
        name = f"Faults {uuid4()}"
        with faulty(str(server.base_url), latency=latency) as (address, faults):
            visitor = Visitor.at(browser, address, key=KEY)
            visitor.sign_in()
            visitor.sees_heading("Datasets")
            self._make(visitor, name)
            self._upload(visitor, papers)
            dataset = _named(server, name)
            settle(server, dataset)
            expect(visitor.page.get_by_role("table").get_by_text("Indexed")).to_have_count(FILES)
            visitor.choose_in_menu("paper 1.md", "Switch off")
            expect(visitor.row("paper 1.md").get_by_text("Off", exact=True)).to_be_visible()
            visitor.choose_in_menu("paper 2.md", "Delete …")
            visitor.press("Delete", within=visitor.dialog)
            expect(visitor.row("paper 2.md")).to_have_count(0)
            for question in ("lamps", "paper", "three lamps"):
                visitor.open("search")
                visitor.ask(question)
                expect(visitor.hits.first).to_be_visible()
                expect(visitor.page.locator(".spinner")).to_have_count(0)
                expect(visitor.page.locator("[aria-busy=true]")).to_have_count(0)
            assert faults.lost >= 2, "the proxy lost too little to show anything"
            assert visitor.troubles == []
            visitor.leave()
        left = server.get(f"{BASE}/{dataset}").json()["files"]
        assert sorted(file["fileName"] for file in left) == [f"paper {n}.md" for n in range(FILES) if n != 2]
        assert [file["fileName"] for file in left if not file["enabled"]] == ["paper 1.md"]

    @staticmethod
    def _make(visitor: Visitor, name: str) -> None:
        visitor.press("New dataset")
        visitor.dialog.get_by_label("Name", exact=True).fill(name)
        _again_while_told_to(visitor, lambda: visitor.press("Create dataset", within=visitor.dialog))
        visitor.sees_heading(name)

    @staticmethod
    def _upload(visitor: Visitor, papers: list[Path]) -> None:
        visitor.press("Upload")
        visitor.page.get_by_test_id("files").set_input_files(papers)
        visitor.press(f"Upload {FILES} files", within=visitor.dialog)
        expect(visitor.dialog.get_by_text(f"{FILES} new")).to_be_visible()
        visitor.dialog.get_by_role("button", name="Close", exact=True).last.click()


def _again_while_told_to(visitor: Visitor, deed: Callable[[], None]) -> None:
    """What a person does who reads in a dialog that something failed and may be tried again."""
    for _ in range(TRIES):
        deed()
        failed = visitor.dialog.get_by_role("alert")
        expect(failed.or_(visitor.page.locator("main .tabs")).first).to_be_visible()
        if not visitor.dialog.count():
            return
    raise AssertionError("it never went through")


def _named(server: httpx.Client, name: str) -> str:
    [found] = [dataset for dataset in server.get(BASE).json()["data"] if dataset["name"] == name]
    return str(found["id"])
