"""One real runtime for all tests of the API, in a home of its own, and callers with keys of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime
from tests.api.callers import Callers, Json
from tests.mode import standing, working

ADMIN_KEY = "an-administrators-key-for-tests-0123456789"
KNOWLEDGE_BASE = "/dashboard/v1/knowledge-base"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home: Path = tmp_path_factory.mktemp("home")
    return Settings(
        _env_file=None,
        home=home,
        admin_key=SecretStr(ADMIN_KEY),
        parse_workers=1,
        upload_max_file=1_000_000,
        upload_max_batch=3_000_000,
        egress_allow="127.0.0.1/32",
        task_rate_limit=0,
        crawl_retries=0,
        crawl_timeout=5,
        crawl_pages_per_second=1000,
        **standing(home),  # type: ignore[arg-type]  # pydantic reads texts
    )


@pytest.fixture(scope="session")
def runtime(settings: Settings) -> Iterator[Runtime]:
    runtime = build_runtime(settings)
    runtime.start()
    with working(settings):
        yield runtime
    runtime.close()


@pytest.fixture(scope="session")
def app(settings: Settings, runtime: Runtime) -> FastAPI:
    return create_app(settings, runtime)


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """Without a key, and without exceptions that leak out of the app."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def callers(client: TestClient, runtime: Runtime) -> Callers:
    return Callers(client, runtime, admin_token=ADMIN_KEY)


@pytest.fixture
def dataset(callers: Callers) -> Iterator[Json]:
    """A new dataset; deleted after the test, unless the test did that."""
    answer = callers.admin.post(f"{KNOWLEDGE_BASE}/datasets", json={"name": f"dataset {uuid4()}"})
    assert answer.status_code == 201, answer.text
    body: Json = answer.json()
    yield body
    callers.admin.delete(f"{KNOWLEDGE_BASE}/datasets/{body['id']}")
