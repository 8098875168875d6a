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
from urllib.parse import urlsplit

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


def answered_early(url: str, path: str, *, token: str, length: int | None, start: bytes = b"") -> tuple[list[str], Any]:
    """What a server says to an upload that is never sent in full: the lines of the answer's head in lower case but for
    the first, and its body. A server that waits for the rest gives no answer. Without `length` the head does not say
    how much there will be; `start` is what is sent of the body."""
    place = urlsplit(url)
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {place.netloc}",
        f"Authorization: {token}",
        "Content-Type: multipart/form-data; boundary=lantern",
        "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}",
    ]
    with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=10) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode())
        if start:
            wire.sendall(f"{len(start):x}\r\n".encode() + start + b"\r\n")
        with wire.makefile("rb") as answer:
            head = [answer.readline().decode().strip()]
            while line := answer.readline().decode().strip().lower():
                head.append(line)
            size = next(int(line.partition(":")[2]) for line in head if line.startswith("content-length:"))
            return head, json.loads(answer.read(size))
