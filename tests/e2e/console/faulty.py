"""A proxy before the server that is slow and loses every tenth answer of the API: a 500 instead, half of them after the
server did what was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from time import sleep
from urllib.parse import SplitResult, urlsplit

_LOST = json.dumps(
    {"error": {"code": "INTERNAL", "message": "made up by the test", "details": [], "requestId": "lost"}}
).encode()
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
EVERY = 10


class _Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = count(1)
        self.lost = 0

    def next(self) -> str:
        """`pass`, or how this answer is lost: `before` or `after` the server was asked."""
        with self._lock:
            if next(self._asked) % EVERY:
                return "pass"
            self.lost += 1
            return "before" if self.lost % 2 else "after"


class _Proxy(BaseHTTPRequestHandler):
    """`faults`, `target` and `latency` are those of one proxy: see `faulty`."""

    faults: _Faults
    target: SplitResult
    latency: float
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = "pass"
        if self.path.startswith("/dashboard/"):
            sleep(self.latency)
            fault = self.faults.next()
        if fault == "before":
            self._lose()
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        with closing(HTTPConnection(self.target.hostname or "", self.target.port, timeout=60)) as connection:
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            if fault == "pass" and answer.getheader("Content-Type", "").startswith("text/event-stream"):
                self._pass_on(answer)
                return
            if fault == "after":
                self._lose()
                return
            self._answer(answer.status, dict(answer.getheaders()), answer.read())

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve  # noqa: N815 - the names that http.server looks for

    def _pass_on(self, stream: HTTPResponse) -> None:
        """For as long as both sides keep it."""
        self.close_connection = True
        with suppress(OSError):
            self.send_response_only(stream.status)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            while line := stream.readline():
                self.wfile.write(line)

    def _lose(self) -> None:
        self._answer(500, {"Content-Type": "application/json"}, _LOST)

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        with suppress(ConnectionError):  # the browser asked for something else meanwhile
            self.end_headers()
            self.wfile.write(content)


@contextmanager
def faulty(address: str, *, latency: float) -> Iterator[tuple[str, _Faults]]:
    """The proxy's own address, and what it has lost so far. `latency` in seconds, for every answer of the API."""
    faults = _Faults()
    handler = type("Handler", (_Proxy,), {"faults": faults, "target": urlsplit(address), "latency": latency})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", faults
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
