"""`cairn files`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.errors import Conflict, NotFound
from tests.unit.cli.terminal import Terminal


@pytest.fixture
def twin(terminal: Terminal, tmp_path: Path) -> Iterator[str]:
    """A file of the same name in two datasets."""
    (tmp_path / "twin.md").write_text("# Twin\n\nThe zeppelin lands at dawn.\n", encoding="utf-8")
    for dataset in ("Left", "Right"):
        terminal.run("ingest", str(tmp_path / "twin.md"), "--dataset", dataset)
    yield "twin.md"
    for dataset in ("Left", "Right"):
        terminal.run("datasets", "delete", dataset, "--yes")


class TestList:
    def test_shows_each_with_its_state_and_error(self, terminal: Terminal) -> None:
        found = {file["fileName"]: file for file in terminal.json("files", "--dataset", "Handbook")["data"]}
        assert found["house/notice.md"]["status"] == "indexed"
        assert found["house/broken.pdf"]["errorCode"]
        shown = terminal.run("files").stdout
        assert "100 %" in shown
        assert "the PDF cannot be read" in shown


class TestShow:
    def test_refuses_one_that_is_not_there(self, terminal: Terminal) -> None:
        assert isinstance(terminal.refusal("files", "show", "nothing.md"), NotFound)

    def test_shows_chunks_with_their_headings(self, terminal: Terminal) -> None:
        shown = terminal.run("files", "show", "house/notice.md").stdout
        assert "#0, Working here > Notice, " in shown
        assert "   The notice period is three months" in shown

    def test_says_why_there_are_none(self, terminal: Terminal) -> None:
        assert "Note: the PDF cannot be read" in terminal.run("files", "show", "house/broken.pdf").stdout

    def test_gives_them_to_programs(self, terminal: Terminal) -> None:
        shown = terminal.json("files", "show", "house/below/parking.md", "--dataset", "Handbook")
        assert [chunk["headingPath"] for chunk in shown["chunks"]] == [["Parking"]]


class TestReport:
    def test_tells_how_a_file_was_read_and_cut(self, terminal: Terminal) -> None:
        shown = terminal.run("files", "report", "house/notice.md").stdout
        assert "NODE_NATIVE" in shown
        assert "2 heading, 1 text" in shown
        assert "Chunks by length in tokens" in shown

    def test_gives_it_to_programs_in_the_fields_of_the_api(self, terminal: Terminal) -> None:
        report = terminal.json("files", "report", "house/notice.md")
        assert report["engineUsed"] == "NODE_NATIVE"
        assert report["truncations"] == 0
        assert sum(bucket["chunks"] for bucket in report["chunkLengths"]) == report["chunksCount"]

    def test_of_a_file_that_could_not_be_read_says_why_and_fails(self, terminal: Terminal) -> None:
        answer = terminal.run("files", "report", "house/broken.pdf", status=1)
        assert "Error: the PDF cannot be read" in answer.stdout


class TestDelete:
    def test_refuses_a_name_that_several_datasets_have_and_deletes_the_one_that_is_meant(
        self, terminal: Terminal, twin: str
    ) -> None:
        refused = terminal.refusal("files", "delete", twin, "--yes")
        assert isinstance(refused, Conflict)
        assert "'Left', 'Right'" in refused.message
        assert terminal.json("files", "delete", twin, "--dataset", "Left", "--yes")["chunksRemoved"] == 1
        found = terminal.json("search", "zeppelin at dawn", "--dataset", "Left", "--dataset", "Right")["results"]
        assert len(found) == 1
