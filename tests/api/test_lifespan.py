"""An app that is given no runtime looks after one of its own."""

from __future__ import annotations

from typing import cast

import pytest
from starlette.testclient import TestClient

import api.app
from kit.settings import Settings
from orchestration.runtime import Runtime


class Watched:
    """The real runtime, with its start and close noted instead of done: others are using it."""

    def __init__(self, runtime: Runtime, *, fails: bool = False) -> None:
        self._runtime = runtime
        self._fails = fails
        self.events: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._runtime, name)

    def start(self) -> None:
        self.events.append("started")
        if self._fails:
            raise RuntimeError("the model is not there")

    def close(self) -> None:
        self.events.append("closed")


class TestTheLifespan:
    def test_builds_starts_and_closes_a_runtime(
        self, settings: Settings, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        watched = Watched(runtime)
        monkeypatch.setattr(api.app, "build_runtime", lambda _settings: watched)
        with TestClient(api.app.create_app(settings)) as client:
            assert client.get("/ready").status_code == 200
            assert watched.events == ["started"]
        assert watched.events == ["started", "closed"]

    def test_closes_what_could_not_start(
        self, settings: Settings, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        watched = Watched(runtime, fails=True)
        monkeypatch.setattr(api.app, "build_runtime", lambda _settings: watched)
        with pytest.raises(RuntimeError, match="model is not there"), TestClient(api.app.create_app(settings)):
            pass
        assert watched.events == ["started", "closed"]

    def test_leaves_a_runtime_that_was_given_to_its_giver(self, settings: Settings, runtime: Runtime) -> None:
        watched = Watched(runtime)
        with TestClient(api.app.create_app(settings, cast("Runtime", watched))) as client:
            assert client.get("/health").status_code == 200
        assert watched.events == []
