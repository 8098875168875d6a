"""The clients, against the app behind a real socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from cairn_client import Cairn
from tests.api.conftest import ADMIN_KEY
from tests.api.live import served


@pytest.fixture(scope="module")
def url(app: FastAPI, client: TestClient) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture
def cairn(url: str) -> Iterator[Cairn]:
    with Cairn(url, ADMIN_KEY) as cairn:
        yield cairn


@pytest.fixture
def filled(cairn: Cairn) -> Iterator[str]:
    """Id of a dataset in which a file can be found."""
    dataset = cairn.create_dataset("harbour of the client", allowed_agent_roles=["*"])
    content = ("harbour.md", b"# Harbour\n\nThe lantern of the harbour burns whale oil.")
    cairn.wait(dataset.id, cairn.upload(dataset.id, [content]).uploaded_files[0].id)
    yield dataset.id
    cairn.delete_dataset(dataset.id)
