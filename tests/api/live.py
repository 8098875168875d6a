"""The app behind a real socket: the test client gives a stream only when it has ended."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from time import monotonic, sleep
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI


@dataclass(frozen=True)
class Sent:
    """One server-sent event."""

    event: str
    data: Any
    id: str | None


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The base URL of a server over the app, on a port that was free."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listening.close()


@contextmanager
def following(url: str, headers: dict[str, str], *, seconds: float = 30) -> Iterator[Iterator[Sent]]:
    """The events of a stream as they come. The iterator ends with the stream, or fails after `seconds`."""
    timeout = httpx.Timeout(10, read=seconds)
    with httpx.Client(timeout=timeout) as client, client.stream("GET", url, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer.iter_lines(), monotonic() + seconds)


def _events(lines: Iterator[str], deadline: float) -> Iterator[Sent]:
    fields: dict[str, str] = {}
    for line in lines:
        assert monotonic() < deadline, f"nothing of what was waited for came; last: {fields}"
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield Sent(fields.get("event", "message"), json.loads(fields["data"]), fields.get("id"))
            fields = {}
