"""A page of a PDF as a picture."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from tests.api.callers import Callers, Json, error_of, path_of
from tests.unit.ingest.parsers.pdf_writer import PdfPage, PdfWriter, Put, prose


@pytest.fixture
def guide(callers: Callers, dataset: Json, tmp_path: Path) -> str:
    """The path of a file of two pages."""
    pages = [
        PdfPage([Put("First", size=22, y=80), *prose(["Some words."] * 3, top=120)]),
        PdfPage([Put("Second", y=80)]),
    ]
    content = PdfWriter(pages).write(tmp_path / "guide.pdf").read_bytes()
    file = callers.admin.upload(dataset, "guide.pdf", content)
    callers.admin.settled(dataset, file["id"])
    return f"{path_of(dataset)}/files/{file['id']}"


class TestAPage:
    def test_needs_a_key_that_may_read(self, client: TestClient, callers: Callers, guide: str) -> None:
        assert client.get(f"{guide}/pages/1").status_code == 401
        assert callers.searcher.get(f"{guide}/pages/1").status_code == 403
        assert callers.stranger.get(f"{guide}/pages/1").status_code == 404

    def test_is_a_picture_with_its_size_in_points(self, callers: Callers, guide: str) -> None:
        answer = callers.reviewer.get(f"{guide}/pages/1")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/png"
        width, height = map(float, answer.headers["x-page-size"].split())
        image = Image.open(BytesIO(answer.content))
        assert image.size == (round(width * 2), round(height * 2))
        greys = image.convert("L").tobytes()
        assert min(greys) < max(greys), "the page is blank"

    @pytest.mark.parametrize("page", [3, 1000])
    def test_that_is_not_there_is_not_found(self, callers: Callers, guide: str, page: int) -> None:
        assert error_of(callers.admin.get(f"{guide}/pages/{page}"))["message"] == f"'guide.pdf' has no page {page}"

    def test_of_another_format_is_not_found(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "notes.md", "# Notes\n\nSome words.\n")
        answer = callers.admin.get(f"{path_of(dataset)}/files/{file['id']}/pages/1")
        assert answer.status_code == 404
        assert "only pages of a PDF" in error_of(answer)["message"]

    def test_numbers_start_at_one(self, callers: Callers, guide: str) -> None:
        assert callers.admin.get(f"{guide}/pages/0").status_code == 400
