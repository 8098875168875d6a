"""The command line as processes: by itself, and beside a server on the same home."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.served import served
from tests.mode import variables

CAIRN = Path(sys.executable).parent / "cairn"


class Shell:
    def __init__(self, home: Path) -> None:
        self.home = home

    def cairn(self, *words: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "CAIRN_HOME": str(self.home), **variables(self.home)}
        ended = subprocess.run(
            [CAIRN, *words], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert ended.returncode == status, ended.stdout + ended.stderr
        return ended

    def json(self, *words: str, status: int = 0) -> Any:
        return json.loads(self.cairn(*words, "--json", status=status).stdout)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("command-line") / "home")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    (folder / "notice.md").write_text("# Notice\n\nThe notice period is three months.\n", encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    (folder / "orchard.md").write_text("# Orchard\n\nApples are picked in September.\n", encoding="utf-8")
    return folder


@pytest.mark.timeout(300)  # ten starts of Python, on a machine that may have other things to do
class TestTheCommandLine:
    def test_ingests_and_finds_alone_and_beside_a_server_and_mends_lost_vectors(
        self, shell: Shell, folder: Path
    ) -> None:
        _check_alone(shell, folder)
        with served(shell.home):
            _check_beside_a_server(shell, folder)
        _check_mending(shell)


def _check_alone(shell: Shell, folder: Path) -> None:
    papers = [str(folder / name) for name in ("notice.md", "broken.pdf")]
    ingested = shell.cairn("ingest", *papers, "--dataset", "Papers", status=1)
    assert ingested.stdout.startswith("created    notice.md\ncreated    broken.pdf\n")
    assert "the PDF cannot be read" in ingested.stdout
    (said,) = ingested.stderr.splitlines()  # and not a line of log
    assert said.startswith("The administrator's key")
    assert _best(shell, "How long is the notice period?") == "notice.md"


def _check_beside_a_server(shell: Shell, folder: Path) -> None:
    report = shell.json("ingest", str(folder / "orchard.md"), "--dataset", "Papers")
    assert [file["status"] for file in report["uploadedFiles"]] == ["indexed"]
    assert _best(shell, "When are apples picked?") == "orchard.md"
    assert shell.cairn("doctor").stdout == "All is as it should be.\n"


def _check_mending(shell: Shell) -> None:
    shutil.rmtree(shell.home / "vectors")
    refused = shell.cairn("doctor", status=1)
    assert refused.stdout == ""
    assert "`cairn doctor --repair`" in refused.stderr
    assert len(shell.json("doctor", "--repair")["mended"]) == 2
    assert _best(shell, "When are apples picked?") == "orchard.md"


def _best(shell: Shell, query: str) -> str:
    name: str = shell.json("search", query)["results"][0]["fileName"]
    return name
