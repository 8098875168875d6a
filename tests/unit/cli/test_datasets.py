"""`cairn datasets`."""

from __future__ import annotations

import pytest

from ingest.datasets.errors import DatasetNameTaken
from kit.errors import Invalid, NotFound
from tests.unit.cli.terminal import Terminal


class TestList:
    def test_shows_them_to_people_and_programs(self, terminal: Terminal) -> None:
        found = {one["name"]: one for one in terminal.json("datasets")["data"]}
        assert found["Handbook"]["totalFiles"] == 3
        assert found["Handbook"]["id"] in terminal.run("datasets").stdout


class TestCreate:
    @pytest.mark.parametrize("name", [" ", "n" * 201])
    def test_refuses_a_name_that_will_not_do(self, terminal: Terminal, name: str) -> None:
        assert isinstance(terminal.refusal("datasets", "create", name), Invalid)

    def test_refuses_a_name_that_is_taken(self, terminal: Terminal) -> None:
        assert isinstance(terminal.refusal("datasets", "create", "Handbook"), DatasetNameTaken)

    def test_does_not_understand_sizes_out_of_bounds(self, terminal: Terminal) -> None:
        assert "--chunk-size" in terminal.run("datasets", "create", "x", "--chunk-size", "5", status=2).stderr

    def test_makes_one_with_settings_and_delete_removes_it(self, terminal: Terminal) -> None:
        words = ("--chunk-size", "256", "--chunk-overlap", "0", "--parse-type", "naive")
        made = terminal.json("datasets", "create", "Passing", *words)
        assert (made["chunkSize"], made["chunkOverlap"], made["parseType"]) == (256, 0, "NAIVE")
        terminal.run("datasets", "delete", made["id"], "--yes")
        assert "Passing" not in {one["name"] for one in terminal.json("datasets")["data"]}


class TestConfigure:
    def test_has_web_pages_read_whole_and_back_again(self, terminal: Terminal) -> None:
        made = terminal.json("datasets", "create", "Pages", "--whole-pages")
        assert made["onlyMainContent"] is False
        told = terminal.run("datasets", "configure", "Pages", "--ocr-pages", "5").stdout
        assert "text recognition for up to 5 pages of a file; web pages are read whole." in " ".join(told.split())
        assert terminal.json("datasets", "configure", "Pages", "--only-main-content")["onlyMainContent"] is True
        terminal.run("datasets", "delete", "Pages", "--yes")


class TestDelete:
    def test_refuses_one_that_is_not_there(self, terminal: Terminal) -> None:
        assert isinstance(terminal.refusal("datasets", "delete", "Handbok", "--yes"), NotFound)

    def test_asks_first(self, terminal: Terminal) -> None:
        asked = terminal.run("datasets", "delete", "Handbook", status=1, typed="n\n")
        assert "with 3 files?" in asked.stderr
        assert "Handbook" in {one["name"] for one in terminal.json("datasets")["data"]}
