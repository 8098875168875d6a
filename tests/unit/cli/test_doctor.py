"""`cairn doctor`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kit.errors import ConfigurationError
from tests.unit.cli.terminal import Terminal


@pytest.fixture
def copy(terminal: Terminal, tmp_path: Path) -> Terminal:
    """The home without its vectors."""
    copy = Terminal(tmp_path / "home")
    shutil.copytree(terminal.home, copy.home, ignore=shutil.ignore_patterns("vectors"))
    return copy


class TestDoctor:
    def test_reports_that_a_home_without_vectors_is_not_opened_and_how_to_mend_it(self, copy: Terminal) -> None:
        refused = copy.refusal("doctor")
        assert isinstance(refused, ConfigurationError)
        assert "cairn doctor --repair" in refused.message

    def test_rebuilds_vectors_that_are_gone(self, copy: Terminal) -> None:
        report = copy.json("doctor", "--repair")
        assert report["findings"] == []
        assert {one["finding"] for one in report["mended"]} == {"missing_vectors"}
        assert copy.json("search", "How long is the notice period?")["results"][0]["fileName"] == "house/notice.md"

    def test_finds_nothing_on_a_sound_home(self, terminal: Terminal) -> None:
        assert terminal.run("doctor").stdout == "All is as it should be.\n"

    def test_shows_what_it_would_mend_and_mends_it_when_asked_to(self, terminal: Terminal) -> None:
        stray = terminal.home / "files" / "somebody" / "originals" / "stray"
        stray.parent.mkdir(parents=True)
        stray.touch()
        shown = terminal.run("doctor", status=1).stdout
        assert "orphan_stored_file" in shown
        assert "`cairn doctor --repair` mends 1" in shown
        assert stray.exists()
        mended = terminal.run("doctor", "--repair")
        assert "mended: no row names the stored file" in mended.stderr
        assert mended.stdout == "All is as it should be now.\n"
        assert not stray.exists()
