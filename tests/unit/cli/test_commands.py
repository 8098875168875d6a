"""The command line on a home of its own: what it refuses, what it says, what it leaves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from cli.sources import Source, batches, sources
from kit.errors import CairnError, ConfigurationError, Invalid, NotFound

NOTICE = "# Working here\n\nThe notice period is three months to the end of a quarter.\n"
PARKING = "# Parking\n\nCars stand in row seven behind the house.\n"


class Terminal:
    """Runs commands on one home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words: str, status: int = 0) -> Result:
        result = CliRunner().invoke(app, [*words, "--home", str(self.home)])
        assert result.exit_code == status, result.output
        return result

    def json(self, *words: str, status: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", status=status).stdout)

    def refusal(self, *words: str) -> CairnError:
        """What `main` prints and answers with exit status 1."""
        result = CliRunner().invoke(app, [*words, "--home", str(self.home)])
        assert isinstance(result.exception, CairnError), result.output
        return result.exception


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A home with a dataset of two files, of which a third was refused."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "notice.md").write_text(NOTICE)
    (folder / "below").mkdir()
    (folder / "below" / "parking.md").write_text(PARKING)
    (folder / ".hidden.md").write_text("not for others")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    terminal = Terminal(tmp_path_factory.mktemp("terminal") / "home")
    report = terminal.json("ingest", str(folder), "--dataset", "Handbook", status=1)
    assert {file["fileName"] for file in report["uploadedFiles"]} == {
        f"{folder.name}/notice.md", f"{folder.name}/below/parking.md"
    }  # fmt: skip
    assert {file["status"] for file in report["uploadedFiles"]} == {"indexed"}
    assert [file["code"] for file in report["rejectedFiles"]] == ["UNSUPPORTED_FILE_TYPE"]
    return terminal


class TestIngest:
    def test_refuses_a_path_that_is_not_there_and_names_it(self, terminal: Terminal) -> None:
        assert "/no/such/file" in terminal.refusal("ingest", "/no/such/file", "--dataset", "Handbook").message

    def test_refuses_to_make_a_dataset_when_told_not_to(self, terminal: Terminal, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(NOTICE)
        refused = terminal.refusal("ingest", str(tmp_path), "--dataset", "Other", "--no-create")
        assert isinstance(refused, NotFound)

    def test_says_what_is_there_already(self, terminal: Terminal, tmp_path: Path) -> None:
        (tmp_path / "again.md").write_text(NOTICE)
        report = terminal.json("ingest", str(tmp_path / "again.md"), "--dataset", "Handbook")
        assert [file["outcome"] for file in report["uploadedFiles"]] == ["identical"]


class TestSearch:
    def test_refuses_an_empty_query(self, terminal: Terminal) -> None:
        assert isinstance(terminal.refusal("search", "  "), Invalid)

    def test_refuses_a_dataset_that_is_not_there_and_names_those_that_are(self, terminal: Terminal) -> None:
        assert "'Handbook'" in terminal.refusal("search", "notice", "--dataset", "Handbok").message

    def test_finds_the_passage(self, terminal: Terminal) -> None:
        best = terminal.json("search", "How long is the notice period?")["results"][0]
        assert best["fileName"].endswith("notice.md")
        assert "three months" in best["content"]

    def test_shows_it_to_a_person(self, terminal: Terminal) -> None:
        shown = terminal.run("search", "Where do cars stand?", "--dataset", "Handbook", "--rerank").stdout
        assert shown.startswith("1. ")
        assert "below/parking.md, Parking" in shown
        assert "row seven" in shown

    def test_says_when_there_is_nothing(self, terminal: Terminal) -> None:
        assert "Nothing was found" in terminal.run("search", "notice", "--min-score", "1").stdout


class TestDatasets:
    def test_lists_them(self, terminal: Terminal) -> None:
        found = {one["name"]: one for one in terminal.json("datasets")["data"]}
        assert found["Handbook"]["totalFiles"] == 2
        assert "Handbook" in terminal.run("datasets").stdout

    def test_makes_and_deletes_one(self, terminal: Terminal) -> None:
        terminal.run("datasets", "create", "Passing", "--chunk-size", "256", "--chunk-overlap", "0")
        assert isinstance(terminal.refusal("datasets", "create", "Passing"), CairnError)
        terminal.run("datasets", "delete", "Passing", "--yes")
        assert "Passing" not in {one["name"] for one in terminal.json("datasets")["data"]}


class TestFiles:
    def test_lists_them_with_their_state(self, terminal: Terminal) -> None:
        assert {file["status"] for file in terminal.json("files", "--dataset", "Handbook")["data"]} == {"indexed"}

    def test_deletes_one_so_that_it_is_found_no_more(self, terminal: Terminal, tmp_path: Path) -> None:
        (tmp_path / "gone.md").write_text("# Gone\n\nThe zeppelin lands at dawn.\n")
        terminal.run("ingest", str(tmp_path / "gone.md"), "--dataset", "Handbook")
        terminal.run("files", "delete", "gone.md", "--dataset", "Handbook", "--yes")
        names = [hit["fileName"] for hit in terminal.json("search", "zeppelin at dawn")["results"]]
        assert "gone.md" not in names


class TestKeys:
    def test_are_made_listed_and_revoked_and_shown_once(self, terminal: Terminal) -> None:
        made = terminal.json("keys", "create", "bot", "--agent-role", "writer", "--expires-days", "2")
        listed = terminal.run("keys", "--json").stdout
        assert made["token"].startswith("ck_")
        assert made["token"] not in listed
        terminal.run("keys", "revoke", made["key"]["id"])
        key = next(key for key in terminal.json("keys")["data"] if key["id"] == made["key"]["id"])
        assert key["revokedAt"] is not None

    def test_do_not_exceed_their_role(self, terminal: Terminal) -> None:
        refused = terminal.refusal("keys", "create", "x", "--role", "reviewer", "--scope", "knowledge:manage")
        assert isinstance(refused, Invalid)


class TestTheFirstKey:
    def test_is_shown_by_whichever_command_comes_first(self, tmp_path: Path) -> None:
        terminal = Terminal(tmp_path / "home")
        assert "ck_" in terminal.run("datasets").stderr
        assert "ck_" not in terminal.run("datasets").stderr


class TestDoctor:
    def test_finds_nothing_on_a_sound_home(self, terminal: Terminal) -> None:
        assert "All is as it should be" in terminal.run("doctor").stdout

    def test_restores_vectors_that_are_gone(self, terminal: Terminal, tmp_path: Path) -> None:
        copy = Terminal(tmp_path / "home")
        shutil.copytree(terminal.home, copy.home, ignore=shutil.ignore_patterns("vectors"))
        assert isinstance(copy.refusal("search", "notice"), ConfigurationError)
        report = copy.json("doctor", "--repair")
        assert report["findings"] == []
        assert {one["finding"] for one in report["mended"]} >= {"missing_vectors"}
        assert copy.json("search", "How long is the notice period?")["results"][0]["fileName"].endswith("notice.md")


class TestSources:
    def test_leave_out_what_is_hidden_and_keep_folders_in_the_name(self, tmp_path: Path) -> None:
        for name in ("b/a.md", "c/a.md", ".git/config", "b/.DS_Store"):
            (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "docs" / name).write_text(name)
        assert [source.name for source in sources([tmp_path / "docs"])] == ["docs/b/a.md", "docs/c/a.md"]

    @pytest.mark.parametrize(
        ("sizes", "expected"),
        [([1, 1, 1], [[1, 1], [1]]), ([9, 9], [[9], [9]]), ([50, 1], [[50], [1]]), ([], [])],
    )
    def test_come_in_batches_within_both_limits(self, sizes: Sequence[int], expected: list[list[int]]) -> None:
        found = [Source(Path("a"), "a", size) for size in sizes]
        assert [[source.size for source in batch] for batch in batches(found, files=2, size=10)] == expected
