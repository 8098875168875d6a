"""Whether all is well, over the console: the doctor examines and mends, storage and times are shown."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import expect
from sqlalchemy import update

from ingest.files.models import File
from ingest.files.types import FileStatus
from tests.e2e.console.datasets import BASE, filled
from tests.e2e.console.keyring import Keyring
from tests.e2e.console.visitor import Visitor


class TestTheDoctor:
    def test_finds_what_is_wrong_and_mends_it(self, visitor: Visitor, server: httpx.Client, keyring: Keyring) -> None:
        dataset = filled(server, "Infirmary", 1)
        [file] = server.get(f"{BASE}/{dataset}").json()["files"]
        with keyring.database.write() as session:
            session.execute(update(File).where(File.id == file["id"]).values(status=FileStatus.PENDING))
        visitor.open("system")
        visitor.press("Examine now")
        row = visitor.page.get_by_role("row").filter(has_text="'paper 0.md' waits for a build")
        expect(row).to_be_visible()
        row.get_by_role("button", name="Mend").click()
        expect(row).to_have_count(0)
        expect(visitor.page.get_by_role("region", name="Doctor")).to_contain_text("1 finding mended")

    def test_is_for_administrators(self, visitor: Visitor, keyring: Keyring) -> None:
        visitor.key = keyring.make("member")
        visitor.open("system")
        expect(visitor.page.get_by_role("region", name="Parts").get_by_text("Well").first).to_be_visible()
        expect(visitor.page.get_by_role("region", name="Doctor")).to_have_count(0)


class TestFigures:
    def test_show_storage_by_dataset_and_times_of_searches(self, visitor: Visitor, server: httpx.Client) -> None:
        dataset = filled(server, "Stored", 2)
        server.post("/dashboard/v1/knowledge-base/search", json={"query": "things", "datasetIds": [dataset]})
        visitor.open("system")
        storage = visitor.page.get_by_role("region", name="Storage")
        expect(storage.get_by_role("row").filter(has_text="Stored")).to_contain_text("2 files")
        expect(storage.get_by_role("img", name=re.compile("Storage of Stored: Originals"))).to_be_visible()
        times = visitor.page.get_by_role("region", name="Time of searches")
        expect(times.get_by_role("img", name=re.compile("over the last 24 hours"))).to_be_visible()
        visitor.page.get_by_role("button", name="7 days").click()
        expect(times.get_by_role("img", name=re.compile("over the last 7 days"))).to_be_visible()

    def test_show_freshness_and_questions_answered(self, visitor: Visitor, server: httpx.Client) -> None:
        dataset = filled(server, "Asked about", 1)
        server.post("/dashboard/v1/knowledge-base/search", json={"query": "paper 0", "datasetIds": [dataset]})
        visitor.open("datasets")
        row = visitor.row("Asked about")
        expect(row).to_contain_text("answered")
        expect(row.get_by_role("img", name="Questions by day")).to_be_visible()

    def test_that_cannot_be_loaded_say_so_and_are_tried_again(self, visitor: Visitor) -> None:
        failing = ("**/search-latency*", "**/doctor")
        for pattern in failing:
            visitor.page.route(pattern, lambda route: route.fulfill(status=500, body="{}"))
        visitor.open("system")
        for text in ("The times could not be loaded.", "The doctor's report could not be loaded."):
            expect(visitor.page.get_by_text(text)).to_be_visible()
        for pattern in failing:
            visitor.page.unroute(pattern)
        for _ in failing:
            visitor.page.get_by_role("button", name="Try again").first.click()
        expect(visitor.page.get_by_role("alert")).to_have_count(0)
