"""Whether Docling can be used, at a glance and loaded. What it takes to be there: test_installation.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.parsers.docling.engine import Engine
from ingest.sandbox import docling_task
from ingest.sandbox.docling_task import DoclingState, run
from ingest.sandbox.limits import Limits
from ingest.sandbox.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """With children in which loading says what the folder is called, and counts."""
    task = {"docling": "tests.unit.ingest.sandbox.misbehaviour:echo"}
    with Sandbox(tasks=task, preload=[]) as running:
        yield running


class TestDoclingState:
    def test_what_is_missing_is_not_loaded(self, sandbox: Sandbox, tmp_path: Path) -> None:
        state = DoclingState(sandbox, tmp_path / "no", limits=Limits())
        assert state.is_set_up
        assert state.troubles() == state.missing()
        assert any("CAIRN_DOCLING_MODELS names" in trouble for trouble in state.missing())

    def test_nobody_has_set_it_up(self, sandbox: Sandbox) -> None:
        state = DoclingState(sandbox, None, limits=Limits())
        assert not state.is_set_up
        assert "CAIRN_DOCLING_MODELS is not set" in state.troubles()

    def test_what_is_there_is_loaded_in_a_child_and_once(
        self, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(docling_task, "missing_parts", lambda models: [])
        state = DoclingState(sandbox, tmp_path, limits=Limits())
        assert state.missing() == []
        first = state.troubles()
        assert first == [f"it cannot be loaded: {tmp_path}"]
        assert state.troubles() is first


class TestRun:
    def test_says_what_keeps_it_from_being_loaded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def load(engine: object) -> None:
            raise RuntimeError("operator torchvision::nms does not exist")

        monkeypatch.setattr(Engine, "load", load)
        assert run(str(tmp_path).encode()) == b"RuntimeError: operator torchvision::nms does not exist"
        monkeypatch.setattr(Engine, "load", lambda engine: None)
        assert run(str(tmp_path).encode()) == b""
