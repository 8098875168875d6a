"""One home for all tests of the command line: filling it takes longer than most of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.unit.cli.terminal import Terminal

NOTICE = "# Working here\n\n## Notice\n\nThe notice period is three months to the end of a quarter.\n"
PARKING = "# Parking\n\nCars stand in row seven [behind] the house.\n"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """A command logs to a standard error that is gone after it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _as_wide_as_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two documents, a hidden one, a picture, and a PDF that is none."""
    folder = tmp_path_factory.mktemp("documents") / "house"
    (folder / "below").mkdir(parents=True)
    (folder / "notice.md").write_text(NOTICE, encoding="utf-8")
    (folder / "below" / "parking.md").write_text(PARKING, encoding="utf-8")
    (folder / ".hidden.md").write_text("not for others", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"8BPS\x00\x01" + bytes(100))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    return folder


@pytest.fixture(scope="session")
def terminal(tmp_path_factory: pytest.TempPathFactory, documents: Path) -> Terminal:
    """The documents are in dataset Handbook."""
    terminal = Terminal(tmp_path_factory.mktemp("terminal") / "home")
    terminal.run("ingest", str(documents), "--dataset", "Handbook", status=1)
    return terminal
