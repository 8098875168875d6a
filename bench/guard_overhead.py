"""What it costs a search to be guarded: `python -m bench.guard_overhead [--searches 400]`.

The same search through the same handler, in one process and without a network, in turn with and without what stands
round it: the key's look-up, its rate limit and the tenant's, the audit trail, the request's id, its log line and its
metrics. One key with a limit asks; every other search goes the bare way, so that a busy machine is busy for both.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.types import Message, Receive, Scope, Send

from api.app import create_app
from identity.bootstrap import operator
from identity.types import Principal
from ingest.datasets.types import NewDataset
from ingest.files.types import IncomingFile, IngestOverrides
from kit.logging import configure_logging
from kit.settings import load_settings
from orchestration.runtime import Runtime, build_runtime

UNCOUNTED = 20
PATH = "/dashboard/v1/knowledge-base/search"
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Times = list[tuple[float, float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searches", type=int, default=400)
    searches = parser.parse_args().searches
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder) / "home", rate_limit=1_000_000, quota_requests=1_000_000)
        runtime = build_runtime(settings)
        runtime.start()
        try:
            dataset_id, principal = prepare(runtime)
            sys.stderr = io.StringIO()  # log lines are made and written, but to nowhere that is slow
            configure_logging("info", "json")
            app = create_app(settings, runtime)
            token = runtime.made_key or ""
            guarded, bare = asyncio.run(measure(app, principal, token, dataset_id, searches))
        finally:
            sys.stderr = sys.__stderr__
            runtime.close()
    report(guarded, bare)


def prepare(runtime: Runtime) -> tuple[str, Principal]:
    with runtime.database.write() as session:
        principal = operator(session)
        dataset_id = runtime.datasets.create(session, principal, NewDataset(name="bench")).id
    text = "\n\n".join(f"# Part {n}\n\nThe harbour of part {n} has {n} lanterns." for n in range(60))
    incoming = IncomingFile(file_name="harbour.md", stream=io.BytesIO(text.encode()))
    with runtime.uploads.stage([incoming]) as staged, runtime.database.write() as session:
        runtime.uploads.register(session, principal, dataset_id, staged, IngestOverrides())
    runtime.worker.nudge()
    while True:
        with runtime.database.read() as session:
            if runtime.datasets.get(session, principal, dataset_id).status == "active":
                return dataset_id, principal
        time.sleep(0.05)


async def measure(
    app: FastAPI, principal: Principal, token: str, dataset_id: str, searches: int
) -> tuple[Times, Times]:
    """Milliseconds of each search, guarded and bare: by the clock, and of the whole process's work."""
    inner = app.build_middleware_stack()
    body = json.dumps({"query": "how many lanterns has the harbour", "datasetIds": [dataset_id]}).encode()
    bare: App = AsyncExitStackMiddleware(app.router)  # which FastAPI's handlers cannot do without
    state = {"principal": principal}
    times: dict[str, Times] = {"guarded": [], "bare": []}
    for turn in range(2 * (searches + UNCOUNTED)):
        kind = "guarded" if turn % 2 == 0 else "bare"
        target: App = inner if kind == "guarded" else bare
        scope = _scope(app, token, body)
        if kind == "bare":
            scope["state"] = dict(state)
        started, worked = time.perf_counter(), time.process_time()
        await _ask(target, scope, body)
        taken = time.perf_counter() - started, time.process_time() - worked
        times[kind].append((taken[0] * 1000, taken[1] * 1000))
    return times["guarded"][UNCOUNTED:], times["bare"][UNCOUNTED:]


def _scope(app: FastAPI, token: str, body: bytes) -> dict[str, Any]:
    headers = [
        (b"authorization", f"Bearer {token}".encode()),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"host", b"bench"),
    ]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": PATH,
        "raw_path": PATH.encode(), "query_string": b"", "root_path": "", "scheme": "http", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("bench", 80), "app": app,
    }  # fmt: skip


async def _ask(target: App, scope: dict[str, Any], body: bytes) -> None:
    statuses: list[int] = []
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            await asyncio.sleep(3600)
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await target(scope, receive, send)
    assert statuses == [200], statuses


def report(guarded: Times, bare: Times) -> None:
    for index, measured in enumerate(("by the clock", "processor time")):
        print(f"{measured + ', ms':>19} |   p50     p95")
        for name, times in (("guarded", guarded), ("bare", bare)):
            values = [time[index] for time in times]
            print(f"{name:>19} | {statistics.median(values):6.2f}  {statistics.quantiles(values, n=20)[-1]:6.2f}")
        paired = [one[index] - other[index] for one, other in zip(guarded, bare, strict=True)]
        print(f"{'overhead':>19} | {statistics.median(paired):6.2f}  (median of {len(paired)} pairs)")


if __name__ == "__main__":
    main()
