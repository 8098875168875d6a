"""A disk that is full for a while: `python -m tests.faults.disk_full [--files 60] [--seconds 20] [--seed 1]`.

The home lies on a small file system of its own (tmpfs, so it takes root on Linux). In the middle of the ingestion the
rest of it is taken, searches are asked and uploads tried all the while, and then there is room again. Nothing may get
another error than 503 with its reason, a search that is answered has to find what is there, and in the end, with
nobody having done a thing but send again what was refused, all must be as if nothing had been. Exits with 1 and a
sentence for each violation if not.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.server import KnowledgeBase, Server, Upload
from ingest.files.types import ShownStatus
from tests.faults.inspection import read_remains, unsearchable, violations
from tests.faults.kills import undisturbed, wrongly_judged
from tests.faults.made_up import make_files

SIZE_MIB = 640
BATCH = 4
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Report:
    files: int
    tally: Counter[str]
    recovery_seconds: float
    violations: Sequence[str]

    def lines(self) -> Iterator[str]:
        yield f"{self.files} files; all done {self.recovery_seconds:.1f} s after there was room again"
        yield from (f"{count:6}  {what}" for what, count in sorted(self.tally.items()))
        yield from (f"VIOLATION: {violation}" for violation in self.violations)
        yield f"{len(self.violations)} violations"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long the disk is full")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    report = run(files=arguments.files, seconds=arguments.seconds, seed=arguments.seed)
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 1 if report.violations else 0


def run(*, files: int, seconds: float, seed: int, most_chunks: int = 12) -> Report:
    chosen = random.Random(seed)  # noqa: S311 - made-up files, no secrets
    uploads = list(make_files(chosen, files, most_chunks=most_chunks))
    expected = undisturbed(uploads)
    with small_disk() as disk:
        server = Server(disk / "home")
        server.log = disk.with_name(f"{disk.name}.log")  # beside it: a log would fill up first
        ordeal = _Ordeal(server, uploads)
        try:
            dataset_id = ordeal.begin()
            ordeal.hold_out(disk, seconds)
            roomy = time.monotonic()
            ordeal.recover()
            recovery = time.monotonic() - roomy
            with server.knowledge_base() as base:
                ordeal.complaints += unsearchable(base, dataset_id, expected)
        finally:
            server.stop(linger=True)
        found = [*ordeal.complaints, *violations(read_remains(server.home, dataset_id), expected)]
    found += (f"{name} is {expected[name]}, undisturbed" for name in wrongly_judged(uploads, expected))
    return Report(files, ordeal.tally, recovery, found)


class _Ordeal:
    def __init__(self, server: Server, uploads: Sequence[Upload]) -> None:
        self._server = server
        self._waiting = list(uploads)
        self._dataset_id = ""
        self.tally: Counter[str] = Counter()
        self.complaints: list[str] = []

    def begin(self) -> str:
        """A third of the files is there, and another one on its way."""
        self._server.start()
        self._server.wait_until_ready()
        many = len(self._waiting)
        with self._server.knowledge_base() as base:
            self._dataset_id = base.create_dataset("full")
            self._send(base, many // 3)
            base.wait_until_settled(self._dataset_id)
            self._send(base, many // 3)
        return self._dataset_id

    def hold_out(self, disk: Path, seconds: float) -> None:
        filler = disk / "filler"
        ends = time.monotonic() + seconds
        with self._server.knowledge_base() as base:
            while time.monotonic() < ends:
                _fill(filler)
                self._send(base, BATCH)
                self._search(base)
        filler.unlink()

    def recover(self) -> None:
        ends = time.monotonic() + _PATIENCE_SECONDS
        with self._server.knowledge_base() as base:
            while self._waiting and time.monotonic() < ends:
                self._send(base, BATCH)
            base.wait_until_settled(self._dataset_id, seconds=_PATIENCE_SECONDS)

    def _send(self, base: KnowledgeBase, count: int) -> None:
        """What is not taken waits for another time."""
        for _ in range(0, min(count, len(self._waiting)), BATCH):
            batch = self._waiting[:BATCH]
            try:
                base.upload(self._dataset_id, batch)
                self.tally["uploads taken"] += 1
            except httpx.HTTPStatusError as error:
                self._judge(error)
                if error.response.status_code != httpx.codes.BAD_REQUEST:  # that: none of them could be taken, ever
                    return
            except httpx.TransportError as error:
                self.complaints.append(f"an upload got no answer: {error!r}")
                return
            del self._waiting[: len(batch)]

    def _search(self, base: KnowledgeBase) -> None:
        try:
            files = [one for one in base.get_dataset(self._dataset_id).files if one.status is ShownStatus.INDEXED]
            answer = base.search("time", [self._dataset_id], top_k=5)
        except httpx.HTTPStatusError as error:
            self._judge(error)
            return
        self.tally["searches"] += 1
        if files and not answer.results:
            self.complaints.append(f"a search found nothing in {len(files)} indexed files")

    def _judge(self, error: httpx.HTTPStatusError) -> None:
        status = error.response.status_code
        self.tally[f"answers {status}"] += 1
        is_told = status != httpx.codes.SERVICE_UNAVAILABLE or "room" in error.response.text
        if status not in {httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.BAD_REQUEST} or not is_told:
            self.complaints.append(f"{error.request.method} {error.request.url.path}: {status} {error.response.text}")


def _fill(filler: Path) -> None:
    """Takes what is left of the disk."""
    with filler.open("ab", buffering=0) as file:
        for block in (1 << 20, 1 << 12):
            try:
                while file.write(b"\1" * block) == block:
                    pass
            except OSError:
                continue


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of SIZE_MIB. Raises PermissionError where none can be mounted."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        raise PermissionError("a file system of its own can be mounted by root on Linux only")
    with tempfile.TemporaryDirectory(prefix="cairn-disk-") as folder:
        disk = Path(folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", disk], check=True)
        try:
            yield disk
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)


if __name__ == "__main__":
    sys.exit(main())
