"""A server as `make run` starts it, in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import httpx

from tests.mode import variables, working_on

KEY = "a-newcomers-key-0123456789"
PATIENCE_SECONDS = 240.0


@contextmanager
def served(home: Path, **settings: str) -> Iterator[httpx.Client]:
    """Stopped with SIGTERM, which it must obey. `settings` are CAIRN_… variables by their names, such as CAIRN_PORT."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {**variables(home), **settings}
    command = [str(Path(sys.executable).parent / "cairn"), "serve", "--home", str(home), "--port", str(port)]
    with (home.parent / "server.log").open("ab") as log:
        process = subprocess.Popen(command, env={**os.environ, "CAIRN_ADMIN_KEY": KEY, **settings}, stderr=log)
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {KEY}"}, timeout=30
        ) as client:
            _await_ready(client, process)
            with working_on(home, {"CAIRN_ADMIN_KEY": KEY, **settings}):
                yield client
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def _await_ready(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        assert process.poll() is None, "the server ended by itself"
        try:
            if client.get("/ready").status_code == 200:
                return
        except httpx.TransportError:
            sleep(0.1)
    raise AssertionError(f"the server was not ready after {PATIENCE_SECONDS} s")
