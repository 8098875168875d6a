"""The app on a real port, so that the SDK's own client can speak to it as agents do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Thread
from time import sleep

import pytest
import uvicorn

from api.app import create_app
from kit.settings import Settings
from orchestration.runtime import Runtime
from tests.api.callers import Callers, Json
from tests.api.mcp.agent import Agent

HANDBOOK = """# Working here

## Notice

The notice period is three months to the end of a quarter. It is given in writing, and signed by hand.

## Leave

Everyone has thirty days of leave a year. Leave is asked for in time. See rule HR-4711/b for part-time work.

## Rooms

| Room | Seats |
|---|---|
| Cedar | 12 |
| Birch | 4 |
"""


@pytest.fixture(scope="session")
def served(settings: Settings, runtime: Runtime) -> Iterator[str]:
    """Address of the server, without a slash at its end."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = create_app(settings, runtime)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="on"))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)
    listener.close()


@pytest.fixture(scope="module")
def handbook(callers: Callers) -> Iterator[Json]:
    """A dataset that every agent may see, with one indexed file; `fileId` is the file's."""
    made = callers.admin.post(
        "/dashboard/v1/knowledge-base/datasets",
        json={"name": "Staff handbook", "description": "What holds for all who work here", "allowedAgentRoles": ["*"]},
    )
    dataset: Json = made.json()
    file = callers.admin.upload(dataset, "handbook.md", HANDBOOK)
    callers.admin.settled(dataset, file["id"])
    yield {**dataset, "fileId": file["id"]}
    callers.admin.delete(f"/dashboard/v1/knowledge-base/datasets/{dataset['id']}")


@pytest.fixture
def agent(served: str, callers: Callers) -> Agent:
    return Agent(served, callers.agent("writer"))
