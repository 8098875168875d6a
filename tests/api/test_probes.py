"""What those who run Cairn ask it."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from orchestration.runtime import Runtime


class TestHealth:
    def test_says_that_the_process_is_alive(self, client: TestClient) -> None:
        assert client.get("/health").json() == {"status": "ok"}


class TestVersion:
    def test_is_the_packages(self, client: TestClient) -> None:
        assert client.get("/version").json() == {"name": "cairn", "version": version("cairn")}


class TestReadiness:
    def test_names_every_part(self, client: TestClient) -> None:
        answer = client.get("/ready")
        assert answer.status_code == 200, answer.text
        assert answer.json() == {
            "status": "ready",
            "parts": {"database": "ok", "vectors": "ok", "model": "ok", "worker": "ok"},
            "options": {"docling": "not set up"},
        }

    def test_names_the_part_that_fails(
        self, client: TestClient, app: FastAPI, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken() -> None:
            raise ConnectionError("the password is secret")

        monkeypatch.setattr(runtime.database, "ping", broken)
        answer = client.get("/ready")
        assert answer.status_code == 503
        assert answer.json()["status"] == "not ready"
        assert answer.json()["parts"]["database"] == "does not answer"
        assert "secret" not in answer.text
