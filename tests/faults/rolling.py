"""A rolling restart: each process is stopped by SIGTERM and replaced, one after the other, as an upgrade does it."""

from __future__ import annotations

import subprocess
import time

from tests.faults.cluster import Cluster

STOP_SECONDS = 60.0
"""CAIRN_SHUTDOWN_SECONDS and a few more, on a machine that is busy with everything else."""


def roll(parts: Cluster, *, until: float, replaced: list[str], complaints: list[str]) -> None:
    """Round after round; the last one is finished for the API processes and workers alike."""
    while time.monotonic() < until:
        for number in range(len(parts.apis)):
            _replace_api(parts, number, replaced, complaints)
        for number in range(len(parts.workers)):
            _replace_worker(parts, number, replaced, complaints)


def _replace_api(parts: Cluster, number: int, replaced: list[str], complaints: list[str]) -> None:
    server, began = parts.apis[number], time.monotonic()
    server.stop(linger=True)
    ended = time.monotonic()
    if server.exit_status != 0:
        complaints.append(f"api {number} ended with status {server.exit_status}")
    server.start()
    server.wait_until_ready()
    replaced.append(f"api {number}: ended in {ended - began:.1f} s, ready in {time.monotonic() - ended:.1f} s")


def _replace_worker(parts: Cluster, number: int, replaced: list[str], complaints: list[str]) -> None:
    (queues, worker), began = parts.workers[number], time.monotonic()
    worker.terminate()
    try:
        status: int | str = worker.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
        status = f"none within {STOP_SECONDS:g} s"
    if status != 0:
        complaints.append(f"worker {number} ({queues}) ended with status {status}")
    parts.workers[number] = (queues, parts.spawn("worker", "--queues", queues))
    replaced.append(f"worker {number} ({queues}): ended in {time.monotonic() - began:.1f} s")
