"""The embedded vector store under load: `python -m bench.vector_store [--points 100000]`.

Random unit vectors and Zipf-distributed words, so latencies mean something and relevance does not. Everything goes
through the store's public interface and its processes, as the server uses it.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import numpy as np
import psutil

from retrieval.stores.edge.address import published
from retrieval.stores.edge.compaction import CompactionPolicy
from retrieval.stores.edge.store import EdgeStore
from retrieval.stores.protocol import CollectionSpec
from retrieval.types import Filter, Point, Vector

SPEC = CollectionSpec("bench", 384, average_length=80.0)
DATASETS = 20
CHUNKS_PER_FILE = 50
TERMS = 80
POOL = 100


@dataclass(slots=True)
class Corpus:
    """Makes points and queries; the same seed gives the same ones."""

    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(7))
    words: Sequence[str] = field(default_factory=lambda: [f"w{i}" for i in range(30_000)])

    def text(self, terms: int) -> str:
        ranks = self.random.zipf(1.2, terms) % len(self.words)
        return " ".join(self.words[rank] for rank in ranks)

    def vector(self) -> Vector:
        drawn: Vector = self.random.standard_normal(SPEC.vector_size).astype(np.float32)
        return drawn / np.linalg.norm(drawn)

    def file(self, number: int, *, searchable: bool = True) -> list[Point]:
        return [self._point(number, position, searchable=searchable) for position in range(CHUNKS_PER_FILE)]

    def _point(self, number: int, position: int, *, searchable: bool) -> Point:
        identity = str(UUID(int=number * CHUNKS_PER_FILE + position + 1))
        return Point(
            id=identity,
            chunk_id=identity,
            tenant_id="tenant",
            dataset_id=f"dataset-{number % DATASETS}",
            file_id=f"file-{number}",
            generation=1,
            position=position,
            window=0,
            vector=self.vector(),
            text=self.text(TERMS),
            source="upload",
            live=searchable,
            enabled=searchable,
        )


def spread(seconds: Sequence[float]) -> str:
    p50, p99 = np.percentile(np.asarray(seconds) * 1e3, [50, 99])
    return f"p50 {p50:6.1f}  p99 {p99:6.1f}  max {max(seconds) * 1e3:6.1f} ms  (n={len(seconds)})"


def everywhere(datasets: int = DATASETS) -> Filter:
    return Filter(tenant_id="tenant", dataset_ids=[f"dataset-{i}" for i in range(datasets)])


def searched(store: EdgeStore, corpus: Corpus, where: Filter, count: int) -> tuple[list[float], list[float]]:
    """Wall times of the client and the part of each that was not the engine's."""
    walls, overheads = [], []
    for _ in range(count):
        vector, text = corpus.vector(), corpus.text(6)
        started = time.perf_counter()
        found = store.candidates(SPEC.name, vector=vector, text=text, where=where, pool=POOL)
        walls.append(time.perf_counter() - started)
        overheads.append(walls[-1] - found.engine_seconds)
    return walls, overheads


@contextmanager
def searching(store: EdgeStore, where: Filter, *, pause: float) -> Iterator[list[float]]:
    """Searches in another thread while the block runs; gives their wall times."""
    walls: list[float] = []
    done = threading.Event()

    def run() -> None:
        corpus = Corpus(np.random.default_rng(99))
        while not done.wait(pause):
            walls.extend(searched(store, corpus, where, 1)[0])

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield walls
    finally:
        done.set()
        thread.join()


def processes(folder: Path) -> list[psutil.Process]:
    address = published(folder)
    if address is None:
        raise SystemExit("the engine is not running")
    engine = psutil.Process(address.pid)
    return [engine, *engine.children()]


def insert(store: EdgeStore, corpus: Corpus, points: int) -> None:
    files = points // CHUNKS_PER_FILE
    seconds = 0.0
    for number in range(files):
        made = corpus.file(number)
        started = time.perf_counter()
        store.upsert(SPEC.name, made)
        seconds += time.perf_counter() - started
    print(f"insert                       {points / seconds:8.0f} points/s, durable, {CHUNKS_PER_FILE} a call")


def search(store: EdgeStore, corpus: Corpus, count: int) -> None:
    for datasets in (DATASETS, 5, 1):
        walls, overheads = searched(store, corpus, everywhere(datasets), count)
        print(f"candidates, {datasets:2} of {DATASETS} datasets  {spread(walls)}")
    print(f"  outside the engine         {spread(overheads)}")
    walls = []
    for _ in range(count):
        started = time.perf_counter()
        store.candidates(SPEC.name, vector=corpus.vector(), text=None, where=everywhere(), pool=POOL)
        walls.append(time.perf_counter() - started)
    print(f"candidates, vector only      {spread(walls)}")


def search_while_writing(store: EdgeStore, corpus: Corpus, points: int) -> None:
    start = 10_000_000
    files = {
        number: corpus.file(number, searchable=False) for number in range(start, start + points // CHUNKS_PER_FILE)
    }
    with searching(store, everywhere(1), pause=0.01) as walls:
        started = time.perf_counter()
        for number, made in files.items():
            store.upsert(SPEC.name, made)
            store.activate(SPEC.name, f"file-{number}", 1, enabled=True)
        rate = points / (time.perf_counter() - started)
    print(f"search during upserts        {spread(walls)}; {rate:.0f} points/s meanwhile")


def search_while_compacting(store: EdgeStore, points: int) -> None:
    for number in range(0, points // CHUNKS_PER_FILE, 3):
        store.delete_file(SPEC.name, f"file-{number}")
    with searching(store, everywhere(1), pause=0.005) as walls:
        started = time.perf_counter()
        store.compact(SPEC.name)
        seconds = time.perf_counter() - started
    print(f"search during compaction     {spread(walls)}; compaction took {seconds:.1f} s")


def reopen(store: EdgeStore, folder: Path) -> None:
    for name, victim in (("worker", 1), ("engine", 0)):
        processes(folder)[victim].kill()
        started = time.perf_counter()
        store.candidates(SPEC.name, vector=None, text="w1", where=everywhere(1), pool=1)
        print(f"first search after kill -9 of the {name}: {time.perf_counter() - started:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=100)
    parser.add_argument("--plain-limit", type=int, default=CompactionPolicy().plain_limit)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        store = EdgeStore(folder, policy=CompactionPolicy(plain_limit=options.plain_limit), linger=0.5)
        store.ensure(SPEC)
        corpus = Corpus()
        insert(store, corpus, options.points)
        search(store, corpus, options.searches)
        memory = [process.memory_info().rss / 2**20 for process in processes(folder)]
        print(f"memory                       engine {memory[0]:.0f} MiB, worker {memory[1]:.0f} MiB resident")
        search_while_writing(store, corpus, options.points // 10)
        reopen(store, folder)
        search_while_compacting(store, options.points)
        search(store, corpus, options.searches)
        store.close()


if __name__ == "__main__":
    main()
