"""Throw-away servers that a cluster stands on, each of which can be taken away and given back."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx

from bench.server import HOST, free_port
from ingest.storage.s3 import Bucket, connect

_PATIENCE = 120.0


def _await_port(port: int) -> None:
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection((HOST, port), 0.5).close()
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)
        else:
            return


@dataclass
class Postgres:
    """A server of its own in a folder of its own; as root it runs as the user postgres."""

    folder: Path
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@{HOST}:{self.port}/postgres"

    def begin(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()

    def start(self) -> None:
        options = f"-h {HOST} -p {self.port} -k {self.folder} -c max_connections=300"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """As a crash: no connection is told, the log is replayed at the next start."""
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        newest = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*become, str(newest / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="cairn-pg-"))
    server = Postgres(folder)
    try:
        server.begin()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[int]:
    """The port of a server that keeps nothing on disk."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="cairn-redis-") as folder:
        command = ["redis-server", "--port", str(port), "--bind", HOST, "--save", "", "--appendonly", "no"]
        process = subprocess.Popen([*command, "--dir", folder], stdout=subprocess.DEVNULL)
        try:
            _await_port(port)
            yield port
        finally:
            process.terminate()
            process.wait(_PATIENCE)


class _Forward(BaseHTTPRequestHandler):
    """Hands a request on, unless the server is broken: then it says 500, as servers do that are in trouble."""

    protocol_version = "HTTP/1.1"
    target: httpx.Client
    broken = Event()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.broken.is_set():
            self._send(500, {}, b"")
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() != "content-length"}
        answer = self.target.request(self.command, self.path, headers=headers, content=body)
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in {"connection", "transfer-encoding"}}
        self._send(answer.status_code, kept, answer.content)

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {"content-length", "date", "server"}:
                self.send_header(name, value)
        length = headers.get("content-length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer  # noqa: N815 - the names that the base class looks for

    def log_message(self, *_: object) -> None:
        return


class _Door(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Clients that are killed hang up, which is what they are here for."""


@dataclass
class ObjectStore:
    """moto's S3 server behind a door that can answer 500 to everything."""

    url: str
    bucket: str
    broken: Event

    def client(self) -> Any:
        return connect(Bucket(self.bucket, "", self.url, "us-east-1", "key", "secret"))


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    port = free_port()
    program = str(Path(sys.executable).with_name("moto_server"))
    process = subprocess.Popen(
        [program, "-H", HOST, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    broken = Event()
    # One client for all requests: making one reads the machine's certificates, which takes more than an answer does.
    target = httpx.Client(base_url=f"http://{HOST}:{port}", timeout=_PATIENCE)
    handler = type("Forward", (_Forward,), {"target": target, "broken": broken})
    door = _Door((HOST, 0), handler)
    Thread(target=door.serve_forever, daemon=True).start()
    try:
        _await_port(port)
        store = ObjectStore(f"http://{HOST}:{door.server_address[1]}", "cairn", broken)
        store.client().create_bucket(Bucket=store.bucket)
        yield store
    finally:
        door.shutdown()
        door.server_close()
        target.close()
        process.terminate()
        process.wait(_PATIENCE)
