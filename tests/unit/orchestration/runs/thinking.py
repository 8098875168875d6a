"""Adapters for runs of tests, set up as by settings, and a server that plays a model."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from kit.secrets.keys import KeyFile, KeyRing, SecretKey
from kit.secrets.store import Secrets
from kit.settings import Settings
from orchestration.runs.adapters.choosing import Adapters
from orchestration.runs.types import ModelAdapter
from orchestration.thinking import make_adapters
from tests.clock import FrozenClock

LOOPBACK = "127.0.0.1/32"
SECRETS = Secrets(keys=KeyRing((SecretKey(b"k" * 32),), KeyFile(Path("unused"))), clock=FrozenClock())


def adapters(**settings: object) -> Adapters:
    """By these settings alone."""
    return make_adapters(Settings(_env_file=None, **settings), SECRETS)  # type: ignore[arg-type]  # fields


def adapters_of(extractive: ModelAdapter) -> Adapters:
    """With that in place of the one that needs no model."""
    return replace(adapters(), extractive=extractive)


@dataclass
class Answer:
    """`events` are sent as they are, as server-sent events, where `body` is None. `hangs`: and then nothing more, with
    the connection open until the server is told to let go. `breaks`: and then the connection is closed."""

    events: Sequence[tuple[str | None, object]] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    hangs: bool = False
    breaks: bool = False


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class PlayedModel:
    """Gives its answers one after the other, the last again and again."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Answer:
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


@contextmanager
def playing() -> Iterator[PlayedModel]:
    """On the loopback. What it was asked is kept with the headers' names in lower case."""
    model = PlayedModel("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            model.asked.append(Asked(self.path, headers, json.loads(sent)))
            _send(self, model.next(), model.let_go)
            self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    model.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _send(to: BaseHTTPRequestHandler, answer: Answer, let_go: threading.Event) -> None:
    to.send_response(answer.status)
    for name, value in answer.headers.items():
        to.send_header(name, value)
    if answer.body is not None:
        to.send_header("Content-Type", "application/json")
        to.send_header("Content-Length", str(len(answer.body)))
        to.end_headers()
        to.wfile.write(answer.body)
        return
    to.send_header("Content-Type", "text/event-stream")
    to.send_header("Transfer-Encoding", "chunked")
    to.end_headers()
    for kind, data in answer.events:
        text = data if isinstance(data, str) else json.dumps(data)
        line = "" if kind is None else f"event: {kind}\n"
        _chunk(to, f"{line}data: {text}\n\n".encode())
    if answer.hangs:
        let_go.wait(20)
    if not answer.breaks:
        _chunk(to, b"")


def _chunk(to: BaseHTTPRequestHandler, data: bytes) -> None:
    to.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    to.wfile.flush()
