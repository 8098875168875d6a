"""The way of somebody who has never seen Cairn: from an empty start to an answer, and to a dataset deleted again."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.console.datasets import BASE, filled
from tests.e2e.console.visitor import Visitor
from tests.e2e.test_first_session import HANDBOOK

LEAVE = "# Parking\n\nCars stand in row seven, bicycles in the yard.\n"


@pytest.fixture
def papers(tmp_path: Path) -> list[Path]:
    (tmp_path / "handbook.md").write_text(HANDBOOK, encoding="utf-8")
    (tmp_path / "parking.md").write_text(LEAVE, encoding="utf-8")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 8)
    return sorted(tmp_path.iterdir())


class TestSigningIn:
    def test_refuses_a_wrong_key_and_takes_the_right_one(self, visitor: Visitor) -> None:
        visitor.sign_in("not-the-key")
        visitor.sees("This key is not accepted")
        visitor.sign_in()
        visitor.sees_heading("Datasets")

    def test_lasts_over_a_reload_and_ends_in_every_tab(self, visitor: Visitor) -> None:
        visitor.sign_in()
        visitor.sees_heading("Datasets")
        visitor.page.reload()
        visitor.sees_heading("Datasets")
        second = visitor.context.new_page()
        second.goto("/#/search")
        expect(second.get_by_role("heading", name="Search", level=1)).to_be_visible()
        visitor.press("Sign out")
        for page in (visitor.page, second):
            expect(page.get_by_label("Key")).to_be_visible()


class TestADataset:
    def test_is_made_filled_searched_changed_and_deleted(self, visitor: Visitor, papers: list[Path]) -> None:
        visitor.sign_in()
        visitor.make_dataset("Handbook & more")
        self._fill(visitor, papers)
        self._search(visitor)
        self._configure(visitor)
        self._switch_and_delete(visitor)

    @staticmethod
    def _fill(visitor: Visitor, papers: list[Path]) -> None:
        visitor.press("Upload")
        visitor.page.get_by_test_id("files").set_input_files(papers)
        visitor.sees("The file is empty.")
        visitor.press("Upload 3 files", within=visitor.dialog)
        summary = visitor.dialog.get_by_text(re.compile("2 new, 2 refused"))
        expect(summary).to_be_visible()
        visitor.dialog.get_by_role("button", name="Close", exact=True).last.click()
        for name in ("handbook.md", "parking.md"):
            expect(visitor.row(name).get_by_text("Indexed")).to_be_visible()
        visitor.upload([path for path in papers if path.name == "parking.md"])
        expect(visitor.page.get_by_text("2 files", exact=True)).to_be_visible()

    @staticmethod
    def _search(visitor: Visitor) -> None:
        visitor.follow("Search it")
        visitor.ask("How long is the notice period?")
        expect(visitor.hits.first).to_contain_text("three months")
        expect(visitor.hits.first.get_by_role("link").first).to_have_text("handbook.md")
        visitor.page.get_by_label("Words or meaning", exact=True).fill("0")
        expect(visitor.hits.first).to_contain_text(re.compile(r"Meaning\s+\.000"))
        visitor.page.get_by_label("Compare two settings").check()
        expect(visitor.page.get_by_text(re.compile("same place|only in|up|down")).first).to_be_visible()
        visitor.page.get_by_text("This request elsewhere").click()
        expect(visitor.page.get_by_role("region", name="The request")).to_contain_text("hybridAlpha")
        visitor.page.reload()
        expect(visitor.hits.first).to_contain_text("three months")
        visitor.hits.first.get_by_role("link").first.click()
        visitor.sees_heading("handbook.md")
        expect(visitor.page.locator("[aria-current=true]")).to_contain_text("three months")

    @staticmethod
    def _configure(visitor: Visitor) -> None:
        visitor.follow("Handbook & more")
        visitor.follow("Settings")
        visitor.page.get_by_label("Passage size, tokens", exact=True).fill("256")
        visitor.sees("2 files with")
        visitor.press("Save")
        visitor.sees("Saved. 2 files being built anew.")
        visitor.follow("Files")
        for name in ("handbook.md", "parking.md"):
            expect(visitor.row(name).get_by_text("Indexed")).to_be_visible()

    @staticmethod
    def _switch_and_delete(visitor: Visitor) -> None:
        visitor.choose_in_menu("parking.md", "Switch off")
        expect(visitor.row("parking.md").get_by_text("Off")).to_be_visible()
        visitor.choose_in_menu("parking.md", "Delete …")
        visitor.press("Delete", within=visitor.dialog)
        expect(visitor.row("parking.md")).to_have_count(0)
        visitor.follow("Settings")
        visitor.press("Delete …")
        visitor.dialog.get_by_label("Type Handbook & more to confirm").fill("Handbook & more")
        visitor.press("Delete for good", within=visitor.dialog)
        visitor.sees_heading("Datasets")
        expect(visitor.page.get_by_role("link", name="Handbook & more")).to_have_count(0)


class TestManyFiles:
    def test_are_switched_together(self, visitor: Visitor, server: httpx.Client) -> None:
        dataset = filled(server, "Many", 5)
        visitor.open(f"datasets/{dataset}")
        visitor.page.get_by_label("Choose all that are listed").check()
        visitor.press("Switch off")
        visitor.press("Switch off", within=visitor.dialog)
        visitor.sees("5 files switched off.")
        expect(visitor.page.get_by_role("table").get_by_text("Off", exact=True)).to_have_count(5)
        visitor.page.get_by_label("Choose all that are listed").check()
        visitor.press("Switch on")
        visitor.press("Switch on", within=visitor.dialog)
        visitor.sees("5 files switched on.")

    def test_are_built_anew_and_deleted_together(self, visitor: Visitor, server: httpx.Client) -> None:
        dataset = filled(server, f"Bulk {uuid4()}", 4)
        visitor.open(f"datasets/{dataset}")
        for name in ("paper 0.md", "paper 1.md", "paper 2.md"):
            visitor.page.get_by_label(f"Choose {name}").check()
        visitor.sees("3 files chosen")
        visitor.press("Build anew")
        visitor.press("Build anew", within=visitor.dialog)
        visitor.sees("3 files being built anew.")
        expect(visitor.page.get_by_role("table").get_by_text("Indexed")).to_have_count(4)
        for name in ("paper 0.md", "paper 3.md"):
            visitor.page.get_by_label(f"Choose {name}").check()
        visitor.press("Delete …")
        visitor.press("Delete", within=visitor.dialog)
        visitor.sees("2 files deleted.")
        left = [file["fileName"] for file in server.get(f"{BASE}/{dataset}").json()["files"]]
        assert left == ["paper 1.md", "paper 2.md"]

    def test_that_could_not_all_be_changed_are_gone_on_with(self, visitor: Visitor, server: httpx.Client) -> None:
        dataset = filled(server, f"Half {uuid4()}", 3)
        [refused] = [f for f in server.get(f"{BASE}/{dataset}").json()["files"] if f["fileName"] == "paper 1.md"]
        pattern = f"**/files/{refused['id']}"
        visitor.page.route(pattern, lambda route: route.fulfill(status=501, body="{}"))
        visitor.open(f"datasets/{dataset}")
        visitor.page.get_by_label("Choose all that are listed").check()
        visitor.press("Delete …")
        visitor.press("Delete", within=visitor.dialog)
        expect(visitor.dialog).to_contain_text("2 of 3 are deleted.")
        expect(visitor.dialog.get_by_role("alert")).to_contain_text("paper 1.md")
        visitor.page.unroute(pattern)
        visitor.press("Go on with 1", within=visitor.dialog)
        visitor.sees("No files yet")
