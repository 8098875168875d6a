"""Nothing is seen that the model of rights forbids: everything called as everybody.

The whole campaign is a command: `python -m tests.leaks --calls 100000`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from ingest.datasets import repository
from kit.settings import Settings
from orchestration.runtime import Runtime
from tests.leaks.campaign import Campaign
from tests.leaks.world import World, build

CALLS = 1600


@pytest.fixture(scope="module")
def app(settings: Settings, runtime: Runtime) -> FastAPI:
    return create_app(settings, runtime)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def world(runtime: Runtime) -> World:
    return build(runtime, tenants=2, seed=7)


@pytest.mark.timeout(300)
class TestEverybody:
    def test_sees_only_what_they_may(self, app: FastAPI, client: TestClient, world: World) -> None:
        campaign = Campaign(client, world, app.openapi())
        campaign.run(CALLS)
        assert campaign.findings == []
        assert campaign.calls >= CALLS
        assert campaign.compared > CALLS // 20
        assert set(campaign.seen) >= {
            "activity",
            "dataset",
            "file",
            "content",
            "person",
            "key",
            "organization",
            "group",
            "workspace",
            "client",
            "undertaking",
        }, campaign.seen
        assert campaign.answers["dashboardKbSearch"][200] > 0, "no search was let through"

    def test_would_be_caught_seeing_more(
        self, app: FastAPI, client: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The campaign itself is put to the test: a gate that lets every agent in is found out."""
        monkeypatch.setattr(repository, "_may_see", lambda *_: True)
        campaign = Campaign(client, world, app.openapi())
        campaign.run(2 * CALLS)  # few of the operations show what an agent may not see, and each call is one by chance
        assert any("showed" in finding for finding in campaign.findings)
