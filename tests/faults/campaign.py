"""Uploads to a server that is killed again and again at random moments, until everything has arrived."""

from __future__ import annotations

import random
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Timer

import httpx
import psutil

from bench.server import KnowledgeBase, Server, Upload
from ingest.files.types import ShownStatus
from tests.faults.bereaved import Bereaved
from tests.faults.inspection import Outcomes, unsearchable

MOST_AT_ONCE = 4
DURING_START = 0.2
"""Share of kills before the server is ready, at any moment of the seconds that a start takes."""
START_SECONDS = 4.0
SERVING_SECONDS = (0.05, 2.5)
SETTLING_SECONDS = 3600.0
"""Far more than a machine of two cores needs alone: a busy one is no violation, and a file that hangs is one anyway."""


class Victims(StrEnum):
    """Who gets the SIGKILL. `everyone` is what a machine that loses power does."""

    SERVER = "the server"
    GROUP = "its process group"
    EVERYONE = "it and its children"


@dataclass(slots=True)
class Campaign:
    """`run` leaves a server that runs and has settled; whoever called it stops it.

    An upload that got no answer is repeated, as a client would. Files come in over all lives of the server; where
    nothing is left to do, an indexed file is built anew, so that a kill always lands on work.
    """

    server: Server
    chosen: random.Random
    files: Sequence[Upload]
    dataset_id: str = ""
    tally: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    _waiting: deque[Upload] = field(init=False)
    _bereaved: Bereaved = field(init=False)

    def __post_init__(self) -> None:
        self._waiting = deque(self.files)
        self._bereaved = Bereaved(self.server.home / "vectors")

    def run(self, kills: int) -> None:
        self._begin()
        for number in range(1, kills + 1):
            self._live(due=len(self.files) * number // kills)
        self.server.start()
        self.server.wait_until_ready()
        with self.server.knowledge_base() as base:
            while self._waiting:
                self._upload(base, len(self._waiting))
            self._settle(base)

    def found_by_searching(self, expected: Outcomes) -> list[str]:
        """Violations that a caller of the running server sees."""
        with self.server.knowledge_base() as base:
            return list(unsearchable(base, self.dataset_id, expected))

    def left_processes(self) -> list[str]:
        """After the server was stopped: what runs on nevertheless."""
        return list(self._bereaved.left())

    def _begin(self) -> None:
        """The first life starts in peace."""
        self.server.start()
        self.server.wait_until_ready()
        with self.server.knowledge_base() as base:
            self.dataset_id = base.create_dataset("faults")

    def _live(self, *, due: int) -> None:
        """One life of the server; `due` is the number of files that are to be in by its end."""
        if not self.server.is_running:
            self.server.start()
            if self.chosen.random() < DURING_START:
                time.sleep(self.chosen.uniform(0, START_SECONDS))
                self._kill()
                self.tally["kills during a start"] += 1
                return
            self.server.wait_until_ready()
        self.complaints.extend(self._bereaved.overdue())
        timer = Timer(self.chosen.uniform(*SERVING_SECONDS), self._kill)
        timer.start()
        try:
            with self.server.knowledge_base() as base:
                self._work(base, due)
        finally:
            timer.join()

    def _kill(self) -> None:
        whom = self.chosen.choice(list(Victims))
        family = {*self.server.family(), *self._bereaved.engine()}
        self._bereaved.add(family)
        self.server.kill(group=whom is not Victims.SERVER)
        for process in family if whom is Victims.EVERYONE else ():
            _kill_one(process)
        self.tally[f"kills of {whom.value}"] += 1

    def _work(self, base: KnowledgeBase, due: int) -> None:
        while self.server.is_running:
            count = len(self._waiting) - (len(self.files) - due)
            try:
                if count > 0:
                    self._upload(base, min(count, MOST_AT_ONCE))
                elif not self._rebuild(base):
                    time.sleep(0.05)  # the server has work; asking it more often would only slow it down
            except httpx.TransportError:
                self.tally["requests without an answer"] += 1
                time.sleep(0.02)  # the dead take a moment to go
            except httpx.HTTPStatusError as error:
                self._judge(error)

    def _upload(self, base: KnowledgeBase, most: int) -> None:
        batch = list(self._waiting)[: min(most, self.chosen.randint(1, MOST_AT_ONCE))]
        try:
            answer = base.upload(self.dataset_id, batch)
            self.tally.update(f"uploads {file.outcome.value}" for file in answer.uploaded_files)
            self.tally["uploads refused"] += len(answer.rejected_files)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.BAD_REQUEST:
                raise
            self.tally["uploads refused"] += len(batch)  # none of them could be taken
        for _ in batch:
            self._waiting.popleft()

    def _rebuild(self, base: KnowledgeBase) -> bool:
        """Whether there was nothing to do, so that a file is built anew now."""
        files = base.get_dataset(self.dataset_id).files
        indexed = [file for file in files if file.status is ShownStatus.INDEXED]
        if not indexed or any(file.status not in {ShownStatus.INDEXED, ShownStatus.ERROR} for file in files):
            return False
        path = f"/datasets/{self.dataset_id}/files/{self.chosen.choice(indexed).id}"
        base.http.patch(path, json={"reIngest": True}).raise_for_status()
        self.tally["files built anew"] += 1
        return True

    def _judge(self, error: httpx.HTTPStatusError) -> None:
        """A server in trouble may say that it cannot now (503), but not that it does not know why (500)."""
        status = error.response.status_code
        self.tally[f"answers {status}"] += 1
        if status != httpx.codes.SERVICE_UNAVAILABLE:
            self.complaints.append(f"{error.request.method} {error.request.url.path}: {status} {error.response.text}")

    def _settle(self, base: KnowledgeBase) -> None:
        base.wait_until_settled(self.dataset_id, seconds=SETTLING_SECONDS)
        ends = time.monotonic() + SETTLING_SECONDS
        while self._unfinished_jobs() and time.monotonic() < ends:
            time.sleep(0.25)

    def _unfinished_jobs(self) -> bool:
        lines = httpx.get(f"{self.server.url}/metrics", timeout=30).raise_for_status().text.splitlines()
        counts = [
            line for line in lines if line.startswith("cairn_jobs{") and ('"queued"' in line or '"running"' in line)
        ]
        return any(float(line.rpartition(" ")[2]) > 0 for line in counts)


def _kill_one(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
