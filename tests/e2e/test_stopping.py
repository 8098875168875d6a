"""A server that is told to stop: what it was asked is answered, who only listens is let go, and nobody new gets in."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import httpx
import pytest

from bench.server import Server
from tests.mode import variables

BASE = "/dashboard/v1/knowledge-base"
BOUNDARY = "part"
LINGERED = 4.0
"""Seconds that an upload goes on after the server was told to stop: longer than anything that is cut in a hurry."""

AT_ONCE = 3.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    home = tmp_path / "home"
    server = Server(home)
    server.variables = variables(home)
    server.start()
    server.wait_until_ready()
    yield server
    server.stop()


def slow_upload(begun: Event, go_on: Event) -> Iterator[bytes]:
    yield (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="slow.md"\r\n'
        "Content-Type: text/markdown\r\n\r\n# Tides\n\nThe ferry "
    ).encode()
    begun.set()
    assert go_on.wait(60)
    yield f"waits for high water.\n\r\n--{BOUNDARY}--\r\n".encode()


def test_an_upload_under_way_is_taken_in_and_a_stream_ends_at_once(server: Server) -> None:
    begun, go_on = Event(), Event()
    headers = {"Authorization": f"Bearer {server.key}"}
    multipart = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client, ThreadPoolExecutor(1) as pool:
        dataset_id = client.post(f"{BASE}/datasets", json={"name": "Ferries"}).json()["id"]
        with client.stream("GET", "/dashboard/v1/events/stream") as stream:
            lines = stream.iter_lines()
            assert next(lines) == ": connected"
            path = f"{BASE}/datasets/{dataset_id}/files/upload"
            upload = pool.submit(client.post, path, content=slow_upload(begun, go_on), headers=multipart)
            assert begun.wait(60)
            told = monotonic()
            os.kill(server.pid, signal.SIGTERM)
            for _ in lines:
                pass
            assert monotonic() - told < AT_ONCE
        sleep(max(0.0, told + LINGERED - monotonic()))  # the upload is to take this long
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/health")
        go_on.set()
        answer = upload.result(60)
    assert answer.status_code == 202, answer.text
    assert [file["fileName"] for file in answer.json()["uploadedFiles"]] == ["slow.md"]
    server.stop()
    assert server.exit_status == 0
