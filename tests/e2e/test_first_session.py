"""What a newcomer does: start Cairn as a process, give it documents, ask, stop it, start it again, ask again."""

from __future__ import annotations

from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from tests.e2e.served import PATIENCE_SECONDS, served
from tests.unit.ingest.parsers.pdf_writer import PdfPage, PdfWriter, Put, prose

_RULES = [
    "Visitors are met at the gate and wear a badge for the whole of their stay.",
    "The badge is given back at the gate, or is sent in within a week.",
]
_NOTICE = "The notice period is three months to the end of a quarter. It is given in writing, and signed by hand. "
_LEAVE = "Everyone has thirty days of leave a year. Leave is asked for in time, and colleagues agree among themselves. "
HANDBOOK = f"# Working here\n\n## Notice\n\n{_NOTICE * 6}\n\n## Leave\n\n{_LEAVE * 6}\n"


class Knowledge:
    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        answer = self._client.request(method, f"/dashboard/v1/knowledge-base{path}", **content)
        assert answer.is_success, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def settle(self, dataset: str) -> list[dict[str, Any]]:
        deadline = monotonic() + PATIENCE_SECONDS
        while monotonic() < deadline:
            found = self.ask("GET", f"/datasets/{dataset}")
            if found["status"] != "building":
                files: list[dict[str, Any]] = found["files"]
                return files
            sleep(0.1)
        raise AssertionError("the files were not indexed in time")

    def best(self, dataset: str, query: str) -> dict[str, Any]:
        results = self.ask("POST", "/search", json={"query": query, "datasetIds": [dataset]})["results"]
        first: dict[str, Any] = results[0]
        return first


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("newcomer") / "home"


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Three pages; what is asked for stands on the second, under a heading of the outline."""
    opening = PdfPage(
        [Put("House guide", size=22, y=80), *prose(["This guide is for all who work here."] * 12, top=120)]
    )
    rules = PdfPage([Put("Visitors", size=16, y=80, bold=True), *prose(_RULES * 4, top=120)])
    parking = PdfPage([Put("Parking", size=16, y=80, bold=True), *prose(["Cars stand in row seven."] * 2, top=120)])
    writer = PdfWriter([opening, rules, parking], outline=[("Visitors", 1), ("Parking", 2)], title="House guide")
    return writer.write(tmp_path_factory.mktemp("guide") / "guide.pdf").read_bytes()


class TestAFirstSession:
    def test_answers_with_passage_page_and_heading_and_still_does_after_a_restart(
        self, home: Path, guide: bytes
    ) -> None:
        with served(home) as client:
            knowledge = Knowledge(client)
            dataset = knowledge.ask("POST", "/datasets", json={"name": "Handbook"})["id"]
            uploads = [("files", ("handbook.md", HANDBOOK.encode())), ("files", ("guide.pdf", guide))]
            knowledge.ask("POST", f"/datasets/{dataset}/files/upload", files=uploads)
            assert [file["status"] for file in knowledge.settle(dataset)] == ["indexed", "indexed"]
            _check_answers(knowledge, dataset)
        with served(home) as client:
            _check_answers(Knowledge(client), dataset)


def _check_answers(knowledge: Knowledge, dataset: str) -> None:
    notice = knowledge.best(dataset, "How long is the notice period?")
    assert notice["fileName"] == "handbook.md"
    assert "three months" in notice["content"]
    assert notice["metadata"]["heading"] == "Notice"
    badge = knowledge.best(dataset, "What do visitors have to wear?")
    assert (badge["fileName"], badge["metadata"]["pageNumber"]) == ("guide.pdf", 2)
    assert badge["metadata"]["heading"] == "Visitors"
