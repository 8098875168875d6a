"""Outages under a cluster: `python -m tests.faults.outages [--files 500] [--kills 200] [--seed 1] [FAULT …]`.

Faults: `kills` (SIGKILL of workers at random moments), `redis` (flushed in the middle), `postgres` (crashed and started
again), `vectors` (the engine's process killed), `s3` (500 to everything for a while). All of them unless named. Files
are uploaded to a cluster of processes while the fault is there; in the end every readable file must be indexed once
and every unreadable one refused, with rows, vectors and stored files in agreement and nobody having done a thing.
Exits with 1 and a sentence for each violation if not.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx
import redis as redis_client

from api.dashboard.knowledge_base.schemas.datasets import DatasetDetail
from bench.server import KnowledgeBase, Upload
from ingest.files.types import ShownStatus
from orchestration.runtime import build_runtime
from retrieval.stores.edge.address import published
from tests.faults.cluster import Cluster, cluster
from tests.faults.made_up import is_readable, make_files

BATCH = 10
OUTAGE_SECONDS = 4.0
SETTLING_SECONDS = 1800.0
REVIVING_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Report:
    fault: str
    files: int
    seconds: float
    recovery_seconds: float
    happened: Sequence[str]
    violations: Sequence[str]
    revived: int

    def line(self) -> str:
        went = f"{self.files} files in {self.seconds:.1f} s, settled {self.recovery_seconds:.1f} s after the last fault"
        faults = f"{len(self.happened)} faults, {self.revived} workers started again besides"
        return f"{self.fault}: {went}; {faults}; {len(self.violations)} violations"


def kill_workers(parts: Cluster, chosen: random.Random) -> str:
    return parts.kill_a_worker(chosen)


def flush_redis(parts: Cluster, _chosen: random.Random) -> str:
    with redis_client.Redis(port=parts.redis_port) as client:
        client.flushall()
    return "flushed"


def restart_postgres(parts: Cluster, _chosen: random.Random) -> str:
    parts.database.stop()
    time.sleep(OUTAGE_SECONDS)
    parts.database.start()
    return "crashed and started again"


def kill_vectors(parts: Cluster, _chosen: random.Random) -> str:
    address = published(parts.home / "vectors")
    if address is None:
        return "there was no engine"
    os.kill(address.pid, signal.SIGKILL)
    return "engine killed"


def break_s3(parts: Cluster, _chosen: random.Random) -> str:
    parts.files.broken.set()
    time.sleep(OUTAGE_SECONDS)
    parts.files.broken.clear()
    return "answered 500 for a while"


FAULTS: dict[str, Callable[[Cluster, random.Random], str]] = {
    "kills": kill_workers,
    "redis": flush_redis,
    "postgres": restart_postgres,
    "vectors": kill_vectors,
    "s3": break_s3,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", choices=[[], *FAULTS], default=[])
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    bad = 0
    for fault in arguments.faults or FAULTS:
        times = arguments.kills if fault == "kills" else 1
        report = run(fault, files=arguments.files, times=times, seed=arguments.seed)
        sys.stdout.write(report.line() + "\n")
        for violation in report.violations:
            sys.stdout.write(f"  VIOLATION: {violation}\n")
        bad += bool(report.violations)
    return 1 if bad else 0


def run(fault: str, *, files: int, times: int, seed: int, most_chunks: int = 12) -> Report:
    chosen = random.Random(seed)  # noqa: S311 - made-up files and moments, not secrets
    uploads = make_files(chosen, files, most_chunks=most_chunks)
    happened: list[str] = []
    with cluster() as parts, parts.knowledge_base() as base:
        started = time.monotonic()
        dataset_id = base.create_dataset(fault)
        waiting = list(uploads)
        for number in range(times):
            due = len(uploads) * (number + 1) // times
            while len(uploads) - len(waiting) < due:
                _upload(parts, dataset_id, waiting)
            time.sleep(chosen.uniform(0.1, 1.5))
            happened.append(FAULTS[fault](parts, chosen))
        last = time.monotonic()
        settled = _settled(parts, base, dataset_id)
        ended = time.monotonic()
        shown = {file.file_name: file.status for file in settled.files}
        violations = [*_misjudged(uploads, shown), *disagreements(parts)]
    return Report(fault, files, ended - started, ended - last, happened, violations, parts.revived)


def _settled(parts: Cluster, base: KnowledgeBase, dataset_id: str) -> DatasetDetail:
    ends = time.monotonic() + SETTLING_SECONDS
    while True:
        parts.revive()
        try:
            return base.wait_until_settled(dataset_id, seconds=REVIVING_SECONDS, every=0.5)
        except TimeoutError:
            if time.monotonic() > ends:
                raise


def _upload(parts: Cluster, dataset_id: str, waiting: list[Upload]) -> None:
    """What got no good answer is sent again, as a client would."""
    batch = waiting[:BATCH]
    ends = time.monotonic() + 120
    while True:
        try:
            with parts.knowledge_base() as base:
                base.upload(dataset_id, batch)
        except httpx.HTTPStatusError as error:
            if error.response.status_code == httpx.codes.BAD_REQUEST:
                break  # none of them could be taken
            if error.response.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > ends:
                raise
        except httpx.TransportError:
            if time.monotonic() > ends:
                raise
        else:
            break
        time.sleep(0.5)
    del waiting[: len(batch)]


def _misjudged(uploads: Sequence[Upload], shown: dict[str, ShownStatus]) -> Sequence[str]:
    found = []
    for upload in uploads:
        status = shown.get(upload.file_name)
        is_well = status is ShownStatus.INDEXED if is_readable(upload) else status in {ShownStatus.ERROR, None}
        if not is_well:
            found.append(f"{upload.file_name} is {status}")
    return found


def disagreements(parts: Cluster) -> Sequence[str]:
    """What the doctor finds, and files that serve more than one version."""
    ends = time.monotonic() + 120
    runtime = build_runtime(parts.settings)
    try:
        while True:
            with runtime.database.read() as session:
                left = sum(runtime.queue.waiting(session, queue=queue) for queue in ("parse", "embed", "default"))
            findings = [finding.message for finding in runtime.doctor.examine()]
            counts = list(runtime.store.count_by_file(runtime.engines.collection))
            doubled = len(counts) - len({count.file_id for count in counts})
            if (not left and not findings and not doubled) or time.monotonic() > ends:
                more = [f"{doubled} files have vectors of two versions"] if doubled else []
                return [*findings, *more, *([f"{left} jobs still wait"] if left else [])]
            time.sleep(1)  # what removes leftovers is still at work
    finally:
        runtime.close()


if __name__ == "__main__":
    sys.exit(main())
