"""Why something came back or did not, and where it stands in the original."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.console.datasets import BASE, with_files
from tests.e2e.console.visitor import Visitor
from tests.unit.ingest.parsers.pdf_writer import PdfPage, PdfWriter, Put, prose

LAMPS = "Lamps are trimmed at dusk and put out at midnight by the keeper of the eastern gate. "
BOATS = "Boats are tied up at the pier, and are not let go in a storm whatever the skipper says. "


@pytest.fixture(scope="module")
def dataset(server: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("reading")
    pages = [
        PdfPage([Put("Harbour rules", size=22, y=80), *prose([BOATS] * 6, top=120)]),
        PdfPage([Put("Lamps", size=18, y=80), *prose([LAMPS] * 6, top=120)]),
    ]
    rules = PdfWriter(pages, title="Harbour rules").write(folder / "rules.pdf").read_bytes()
    papers = {
        "rules.pdf": rules,
        "lamps.md": f"# Lamps\n\n{LAMPS * 3}\n".encode(),
        "off.md": f"# Off\n\n{LAMPS}".encode(),
    }
    made = with_files(server, "Harbour", papers)
    [off] = [file for file in server.get(f"{BASE}/{made}").json()["files"] if file["fileName"] == "off.md"]
    server.patch(f"{BASE}/{made}/files/{off['id']}", json={"enabled": False}).raise_for_status()
    return made


class TestAResult:
    def test_says_why_it_came_back(self, visitor: Visitor, dataset: str) -> None:
        visitor.open(f"search?q=When+are+lamps+trimmed&in={dataset}")
        hit = visitor.hits.first
        expect(hit.locator("mark").first).to_be_visible()
        hit.get_by_role("button", name="Why this one").click()
        expect(hit.get_by_role("row").filter(has_text="Meaning")).to_contain_text("cosine")
        expect(hit.get_by_role("row").filter(has_text="Words")).to_contain_text("BM25")
        expect(hit.get_by_role("group", name="Words that matched")).to_contain_text("lamps")

    def test_is_told_of_with_how_all_of_them_were_found(self, visitor: Visitor, dataset: str) -> None:
        visitor.open(f"search?q=%22eastern+gate%22+lamps&in={dataset}&a.alpha=0.4&a.rerank=1")
        visitor.page.get_by_text("How it was searched").click()
        told = visitor.page.locator("details", has_text="How it was searched")
        for text in ("0.4 to 0.6", "weighted scores", "“eastern gate”", "from each leg"):
            expect(told).to_contain_text(text)
        expect(told.get_by_role("group", name="The question's words")).to_contain_text("lamps")

    def test_that_is_missing_says_why_not(self, visitor: Visitor, dataset: str) -> None:
        visitor.open(f"search?q=When+are+lamps+trimmed&in={dataset}")
        visitor.press("Why not …")
        row = visitor.dialog.get_by_role("listitem").filter(has_text="off.md")
        row.get_by_role("button", name="Why not this").click()
        expect(visitor.dialog.locator("[data-cause=disabled]")).to_be_visible()


class TestTheOriginal:
    def test_of_a_picture_is_shown(self, visitor: Visitor, server: httpx.Client) -> None:
        content = BytesIO()
        Image.new("RGB", (321, 60), "teal").save(content, "PNG")
        dataset = with_files(server, f"Pictures {uuid4()}", {"sign.png": content.getvalue()})
        [file] = server.get(f"{BASE}/{dataset}").json()["files"]
        visitor.open(f"datasets/{dataset}/file/{file['id']}")
        picture = visitor.page.get_by_role("img", name="The picture sign.png")
        expect(picture).to_be_visible()
        assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 321

    def test_of_a_pdf_shows_the_page_with_the_place_marked(self, visitor: Visitor, dataset: str) -> None:
        visitor.open(f"search?q=keeper+of+the+eastern+gate&in={dataset}")
        visitor.page.get_by_role("link", name="rules.pdf").first.click()
        visitor.sees_heading("rules.pdf")
        original = visitor.page.get_by_role("region", name="Original")
        expect(original.get_by_role("img", name="Page 2")).to_be_visible()
        box = original.locator(".box").first
        expect(box).to_be_visible()
        page, marked = original.locator(".page-picture").bounding_box(), box.bounding_box()
        assert page is not None
        assert marked is not None
        assert page["y"] <= marked["y"] <= page["y"] + page["height"] / 2
        original.get_by_role("button", name="Page before").click()
        expect(original.get_by_role("img", name="Page 1")).to_be_visible()
        expect(original.locator(".box")).to_have_count(0)

    def test_of_a_text_shows_it_with_the_passage_marked(self, visitor: Visitor, dataset: str) -> None:
        visitor.open(f"search?q=trimmed+at+dusk&in={dataset}")
        visitor.page.get_by_role("link", name="lamps.md").first.click()
        expect(visitor.page.get_by_role("region", name="Original").locator("mark")).to_contain_text("eastern gate")

    def test_has_a_report(self, visitor: Visitor, dataset: str, server: httpx.Client) -> None:
        [file] = [f for f in server.get(f"{BASE}/{dataset}").json()["files"] if f["fileName"] == "rules.pdf"]
        visitor.open(f"datasets/{dataset}/file/{file['id']}")
        visitor.press("Report")
        expect(visitor.page.get_by_role("heading", name="Length of the passages, in tokens")).to_be_visible()
        expect(visitor.page.get_by_role("img", name="Passages by length")).to_be_visible()
        expect(visitor.page.locator("dl.facts")).to_contain_text("Built-in")
