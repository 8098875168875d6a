"""How commands speak, and that they are understood."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from cli.main import app, main
from cli.output import counted, print_passage, print_table, printable, readable_size
from kit.errors import NotFound
from tests.unit.cli.terminal import Terminal


class TestTables:
    def test_take_other_peoples_text_to_the_letter(self, capsys: pytest.CaptureFixture[str]) -> None:
        print_table(("Name", "Size", "Made", "On"), [("[red]a\x1b[2J", 12, datetime(2026, 3, 1, tzinfo=UTC), True)])
        assert "[red]a [2J" in capsys.readouterr().out

    def test_are_not_folded_for_programs(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("COLUMNS")
        print_table(("Name",), [("n" * 150,)])
        assert "n" * 150 in capsys.readouterr().out


class TestPassages:
    def test_keep_their_lines_and_are_cut_with_a_mark(self, capsys: pytest.CaptureFixture[str]) -> None:
        print_passage("one\n\ntwo\nthree", lines=2)
        assert capsys.readouterr().out == "   one\n   two …\n"


class TestWords:
    def test_are_printable(self) -> None:
        assert printable("a\x1b[31m\u202eb") == "a [31m b"

    @pytest.mark.parametrize(
        ("size", "words"),
        [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (999_600, "1 MB"), (52_400_000, "52.4 MB"), (3e9, "3 GB")],
    )
    def test_of_sizes(self, size: int, words: str) -> None:
        assert readable_size(size) == words

    def test_of_numbers(self) -> None:
        assert [counted(number, "file") for number in (0, 1, 1200)] == ["0 files", "1 file", "1,200 files"]


class TestMain:
    def test_does_not_understand_a_command_that_there_is_not(self) -> None:
        assert CliRunner().invoke(app, ["serch"]).exit_code == 2

    def test_says_what_is_the_case_and_ends_with_1(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse() -> None:
            raise NotFound("there is no such thing; make one")

        monkeypatch.setattr("cli.main.app", refuse)
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 1
        assert capsys.readouterr().err == "cairn: there is no such thing; make one\n"

    def test_takes_the_home_before_a_subcommand_as_well(self, terminal: Terminal) -> None:
        words = ["files", "--home", str(terminal.home), "--json", "show", "house/notice.md"]
        assert json.loads(CliRunner().invoke(app, words).stdout)["fileName"] == "house/notice.md"

    def test_tells_its_version(self) -> None:
        assert CliRunner().invoke(app, ["--version"]).stdout == f"cairn {version('cairn')}\n"

    def test_loads_nothing_heavy_to_be_described(self) -> None:
        code = (
            "import sys, cli.main; print(*{'numpy', 'sqlalchemy', 'onnxruntime', 'fastapi', 'lxml'} & {*sys.modules})"
        )
        loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert loaded.stdout == "\n"
