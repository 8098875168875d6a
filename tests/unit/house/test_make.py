"""The Makefile: what the documents promise is there, and a machine that will not do is told so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.house.tree import CHECKOUT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def environment() -> dict[str, str]:
    """Without what an outer `make test` hands down."""
    return {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "PYTHON"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", *arguments]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)


def fake_python(folder: Path, script: str) -> str:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return f"PYTHON={path}"


class TestHelp:
    def test_names_every_target_of_the_documents(self, folder: Path) -> None:
        documents = "".join((CHECKOUT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
        listed = {line.split()[0] for line in make(folder).stdout.splitlines()}
        named = re.findall(r"(?:^    |`)make ([a-z-]+)", documents, re.MULTILINE)
        assert {"install", "run", "test", "check", "bench", "help"} <= listed
        assert set(named) <= listed


class TestAMachineWithoutAFittingPython:
    def test_is_told_which_versions_fit(self, folder: Path) -> None:
        python = fake_python(folder, 'test "$1" = --version && echo "Python 3.9.2" || exit 1')
        answer = make(folder, "install", python)
        assert answer.returncode != 0
        assert "Cairn needs Python 3.11 or 3.12, but" in answer.stderr
        assert "is Python 3.9.2" in answer.stderr

    def test_is_told_so_when_none_is_found(self, folder: Path) -> None:
        answer = make(folder, "install", "PYTHON=")
        assert answer.returncode != 0
        assert "none of 'python3.11 python3.12 python3' is one" in answer.stderr

    def test_is_told_when_environments_cannot_be_made(self, folder: Path) -> None:
        python = fake_python(folder, 'case "$2" in *ensurepip*) exit 1;; esac')
        answer = make(folder, "install", python)
        assert answer.returncode != 0
        assert "no ensurepip" in answer.stderr
        assert not (folder / ".venv").exists()


class TestASecondInstall:
    @pytest.fixture(autouse=True)
    def _after_the_first(self, folder: Path) -> None:
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            os.utime(folder / name, (1000, 1000))
        (folder / ".venv/bin").mkdir(parents=True)
        for name in ("bin/python", ".installed", ".installed-development"):
            (folder / ".venv" / name).touch()
            os.utime(folder / ".venv" / name, (2000, 2000))

    def test_does_nothing_while_nothing_has_changed(self, folder: Path) -> None:
        assert make(folder, "--question", "install").returncode == 0
        assert make(folder, "--question", ".venv/.installed-development").returncode == 0

    @pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "Makefile"])
    def test_is_due_when_what_it_goes_by_has_changed(self, folder: Path, name: str) -> None:
        os.utime(folder / name, (3000, 3000))
        assert make(folder, "--question", "install").returncode == 1
