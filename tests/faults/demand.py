"""What a cluster is asked for all the time: searches, uploads, deletions, files and datasets to be built anew."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event, Lock
from types import TracebackType
from typing import Self

from api.dashboard.knowledge_base.schemas.uploads import UploadAnswer
from bench.server import Upload
from tests.faults.balancer import Balancer
from tests.faults.made_up import is_readable, make_file, some_words

TOP_K = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two requests of one kind, and of how many chunks files may be. Files beyond `kept` are deleted,
    so that there is as much in the end as at the beginning."""

    searchers: int = 4
    search: float = 0.5
    upload: float = 1.5
    delete: float = 0.5
    rebuild: float = 4.0
    reindex: float = 60.0
    kept: int = 60
    most_chunks: int = 8


@dataclass
class Demand:
    """Searches from the beginning on, everything else only while it is `busy`. A context manager that ends its threads.

    `files` are the ids of those that are there by name: what was answered, not what was asked.
    """

    balancer: Balancer
    dataset_id: str
    pace: Pace
    seed: int
    files: dict[str, str] = field(default_factory=dict)
    _numbers: int = 0
    _order: deque[str] = field(default_factory=deque)
    _lock: Lock = field(default_factory=Lock)
    _stop: Event = field(default_factory=Event)
    _busy: Event = field(default_factory=Event)
    _threads: list[Future[None]] = field(default_factory=list)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            pool = stack.enter_context(ThreadPoolExecutor(self.pace.searchers + 4))
            stack.callback(self._stop.set)
            for number in range(self.pace.searchers):
                self._begin(pool, self.pace.search, self._search, number, idle=True)
            for number, (seconds, act) in enumerate(
                [
                    (self.pace.upload, self._upload),
                    (self.pace.delete, self._delete),
                    (self.pace.rebuild, self._rebuild),
                    (self.pace.reindex, self._reindex),
                ]
            ):
                self._begin(pool, seconds, act, 100 + number, idle=False)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        for thread in self._threads:
            thread.result()

    def rouse(self) -> None:
        self._busy.set()

    def calm(self) -> None:
        """Only searches from here on."""
        self._busy.clear()

    def fill(self) -> None:
        """As many files as are kept."""
        chosen = random.Random(self.seed)  # noqa: S311 - made-up files, not secrets
        while len(self.files) < self.pace.kept:
            self._upload(chosen)

    def _begin(
        self, pool: ThreadPoolExecutor, every: float, act: Callable[[random.Random], None], number: int, *, idle: bool
    ) -> None:
        chosen = random.Random(self.seed * 1000 + number)  # noqa: S311 - what is asked and when, not secrets

        def run() -> None:
            while not self._stop.wait(chosen.uniform(0.5, 1.5) * every):
                if idle or self._busy.is_set():
                    act(chosen)

        self._threads.append(pool.submit(run))

    def _search(self, chosen: random.Random) -> None:
        question = {"query": some_words(chosen, 6), "datasetIds": [self.dataset_id], "topK": TOP_K}
        self.balancer.send("search", "POST", "/search", json=question)

    def _upload(self, chosen: random.Random) -> None:
        """What got no good answer is sent again, as a client would."""
        files = [self._make(chosen) for _ in range(chosen.randint(1, 3))]
        parts = [("files", (file.file_name, file.content, "application/octet-stream")) for file in files]
        while not self._stop.is_set():
            answer = self.balancer.send("upload", "POST", f"/datasets/{self.dataset_id}/files/upload", files=parts)
            if answer is not None and answer.is_success:
                with self._lock:
                    for taken in UploadAnswer.model_validate_json(answer.content).uploaded_files:
                        self.files[taken.file_name] = taken.id
                        self._order.append(taken.file_name)
                return
            self._stop.wait(float("1" if answer is None else answer.headers.get("Retry-After", "1")))

    def _make(self, chosen: random.Random) -> Upload:
        while True:
            with self._lock:
                self._numbers += 1
                number = self._numbers
            file = make_file(chosen, number, most_chunks=self.pace.most_chunks)
            if is_readable(file):
                return file

    def _delete(self, _: random.Random) -> None:
        with self._lock:
            if len(self._order) <= self.pace.kept:
                return
            name = self._order[0]
            answer = self.balancer.send("delete", "DELETE", self._path(name))
            if answer is not None and (answer.is_success or answer.status_code == 404):
                self._order.popleft()
                del self.files[name]

    def _rebuild(self, chosen: random.Random) -> None:
        with self._lock:
            if self._order:
                name = chosen.choice(self._order)
                self.balancer.send("rebuild", "PATCH", self._path(name), json={"reIngest": True})

    def _reindex(self, _: random.Random) -> None:
        self.balancer.send("re-index", "POST", f"/datasets/{self.dataset_id}/re-index")

    def _path(self, name: str) -> str:
        return f"/datasets/{self.dataset_id}/files/{self.files[name]}"
