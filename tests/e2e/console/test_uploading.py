"""Files and folders come in: dropped or chosen, checked before anything is sent, each with what became of it."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Request, Route, expect

from tests.e2e.console.datasets import BASE
from tests.e2e.console.visitor import Visitor

MOST_BYTES = 2000
DROP = """(zone) => {
  const transfer = new DataTransfer();
  for (const [name, text] of [["dropped.md", "# Dropped\\n\\nIt fell."], ["dropped too.md", "# Too\\n\\nIt fell as well."]]) {
    transfer.items.add(new File([text], name, { type: "text/markdown" }));
  }
  const happens = (type) => zone.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  happens("dragenter");
  happens("dragover");
  return new Promise((resolve) => setTimeout(() => {
    const isShown = zone.querySelector(".drop-hint") !== null;
    happens("drop");
    resolve(isShown);
  }, 100));
}"""  # noqa: E501 - JavaScript


@pytest.fixture
def dataset(server: httpx.Client) -> str:
    return str(server.post(BASE, json={"name": f"Taken in {uuid4()}"}).raise_for_status().json()["id"])


class TestDroppedFiles:
    def test_are_listed_and_taken_in(self, visitor: Visitor, dataset: str) -> None:
        visitor.open(f"datasets/{dataset}/files")
        visitor.sees("No files yet")
        assert visitor.page.locator(".drop-zone").first.evaluate(DROP), "nothing said that files may be dropped"
        expect(visitor.dialog.get_by_role("listitem")).to_have_count(2)
        visitor.press("Upload 2 files", within=visitor.dialog)
        expect(visitor.dialog.get_by_text("New", exact=True)).to_have_count(2)
        visitor.dialog.get_by_role("button", name="Close", exact=True).last.click()
        for name in ("dropped.md", "dropped too.md"):
            expect(visitor.row(name).get_by_text("Indexed")).to_be_visible()


class TestAFolder:
    def test_keeps_its_paths_and_is_checked_before_anything_is_sent(
        self, visitor: Visitor, server: httpx.Client, dataset: str, tmp_path: Path
    ) -> None:
        papers = tmp_path / "papers"
        (papers / "deep").mkdir(parents=True)
        (papers / "a.md").write_text("# A\n\nOf the first kind.", "utf-8")
        (papers / "deep" / "b.md").write_text("# B\n\nOf the second kind.", "utf-8")
        (papers / "large.txt").write_text("too much " * MOST_BYTES, "utf-8")
        (papers / ".DS_Store").write_text("left behind", "utf-8")
        sent: list[str] = []
        visitor.page.on("request", lambda request: _note(request, sent))
        visitor.page.route("**/dashboard/v1/me", _with_a_small_limit)
        visitor.open(f"datasets/{dataset}/files")
        visitor.press("Upload")
        visitor.page.get_by_test_id("folder").set_input_files(papers)
        expect(visitor.dialog.get_by_role("listitem")).to_have_count(3)
        visitor.sees("1 file cannot be taken")
        visitor.press("Upload 2 files", within=visitor.dialog)
        expect(visitor.dialog.get_by_text("2 new, 1 refused")).to_be_visible()
        assert len(sent) == 2, "what is too large was sent all the same"
        names = [file["fileName"] for file in server.get(f"{BASE}/{dataset}").json()["files"]]
        assert sorted(names) == ["papers/a.md", "papers/deep/b.md"]


def _note(request: Request, sent: list[str]) -> None:
    if request.method == "POST" and request.url.endswith("/files/upload"):
        sent.append(request.url)


def _with_a_small_limit(route: Route) -> None:
    answer = route.fetch()
    told = answer.json()
    told["uploads"]["maxFileBytes"] = MOST_BYTES
    route.fulfill(response=answer, body=json.dumps(told))
