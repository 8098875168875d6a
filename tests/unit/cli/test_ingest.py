"""`cairn ingest`."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cli.intake import _opened, _uninterrupted
from cli.sources import Source
from kit.errors import Invalid, NotFound
from tests.unit.cli.conftest import NOTICE
from tests.unit.cli.terminal import Terminal


class TestIngest:
    def test_refuses_a_path_that_is_not_there_and_names_it(self, terminal: Terminal) -> None:
        assert "/no/such/file" in terminal.refusal("ingest", "/no/such/file", "--dataset", "Handbook").message

    def test_refuses_a_folder_without_files(self, terminal: Terminal, tmp_path: Path) -> None:
        (tmp_path / ".only-hidden").touch()
        assert isinstance(terminal.refusal("ingest", str(tmp_path), "--dataset", "Handbook"), Invalid)

    def test_refuses_to_make_a_dataset_when_told_not_to(self, terminal: Terminal, documents: Path) -> None:
        refused = terminal.refusal("ingest", str(documents), "--dataset", "Other", "--no-create")
        assert isinstance(refused, NotFound)
        assert "'Handbook'" in refused.message

    def test_refuses_a_dataset_without_a_name(self, terminal: Terminal, documents: Path) -> None:
        assert isinstance(terminal.refusal("ingest", str(documents), "--dataset", " "), Invalid)

    def test_needs_a_dataset(self, terminal: Terminal, documents: Path) -> None:
        assert "--dataset" in terminal.run("ingest", str(documents), status=2).stderr

    def test_says_what_became_of_each_file_and_why(self, terminal: Terminal, documents: Path) -> None:
        said = terminal.run("ingest", str(documents), "--dataset", "Handbook", status=1).stdout
        assert "identical  house/notice.md\n" in said
        assert "replaced   house/broken.pdf\n" in said  # a build that failed is worth another try
        assert "rejected   house/picture.png\n" in said
        assert "not indexed" in said
        assert "is a picture of a kind" in said
        assert "hidden" not in said
        assert said.endswith("2 of 4 files can be found in 'Handbook'.\n")

    def test_says_it_to_programs(self, terminal: Terminal, documents: Path) -> None:
        paths = [str(documents / name) for name in ("below", "picture.png")]
        report = terminal.json("ingest", *paths, "--dataset", "Handbook", status=1)
        assert [(file["outcome"], file["status"]) for file in report["uploadedFiles"]] == [("identical", "indexed")]
        assert [file["code"] for file in report["rejectedFiles"]] == ["UNSUPPORTED_FILE_TYPE"]

    def test_says_under_which_name_the_same_bytes_are_there(self, terminal: Terminal, tmp_path: Path) -> None:
        (tmp_path / "again.md").write_text(NOTICE, encoding="utf-8")
        said = terminal.run("ingest", str(tmp_path / "again.md"), "--dataset", "Handbook").stdout
        assert said.startswith("identical  again.md (there as house/notice.md)\n")


class TestAFileThatCannotBeOpened:
    def test_holds_up_no_other(self, tmp_path: Path) -> None:
        (tmp_path / "there.md").write_text(NOTICE, encoding="utf-8")
        batch = [Source(tmp_path / name, name, 1) for name in ("gone.md", "there.md")]
        with ExitStack() as open_files:
            incoming, unreadable = _opened(batch, open_files)
        assert [file.file_name for file in incoming] == ["there.md"]
        assert [(file.file_name, file.code) for file in unreadable] == [("gone.md", "NOT_READABLE")]
        assert "No such file" in unreadable[0].message


@pytest.fixture
def heeded() -> Iterator[None]:
    """Ctrl-C ends a program, also where whoever started the tests has switched it off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class TestCtrlC:
    @pytest.mark.usefixtures("heeded")
    def test_waits_while_files_and_rows_belong_together(self) -> None:
        done = []

        def work() -> None:
            with _uninterrupted():
                os.kill(os.getpid(), signal.SIGINT)
                done.append("all of it")

        with pytest.raises(KeyboardInterrupt):
            work()
        assert done == ["all of it"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def test_leaves_what_is_registered_and_says_so(
        self, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        (tmp_path / "slow.md").write_text("# Slow\n\nSnails cross the road.\n", encoding="utf-8")
        monkeypatch.setattr("cli.ingesting.await_ended", interrupted)
        monkeypatch.setattr("cli.intake.Crew.ensure", lambda _: None)
        said = terminal.run("ingest", str(tmp_path / "slow.md"), "--dataset", "Snails", status=130).stderr
        assert "Registered so far: 1 of 1 file. They stay" in said
        assert [file["fileName"] for file in terminal.json("files", "--dataset", "Snails")["data"]] == ["slow.md"]
        terminal.run("datasets", "delete", "Snails", "--yes")
