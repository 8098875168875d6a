"""How fast and how exact the embedding runtimes are here: `python -m bench.embedding [--runtime NAME]…`.

Texts come from CAIRN_DATA's scifact: abstracts, titles and cut abstracts, so lengths are mixed as in real chunks.
Each runtime is measured in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from bench.retrieval_sets import RetrievalSet, data_folder, load_retrieval_set
from retrieval.embedding.batches import BatchPolicy
from retrieval.embedding.bert_embedder import BertEmbedder
from retrieval.embedding.factory import create_embedder
from retrieval.embedding.protocol import Passage
from retrieval.embedding.source import DEFAULT_MODEL

RUNTIMES = ("onnxruntime", "openvino")
POLICIES = tuple(BatchPolicy(*sizes) for sizes in ((256, 1), (256, 16), (512, 8), (512, 32), (1024, 32), (4096, 64)))
QUERIES = 60


@dataclass(frozen=True, slots=True)
class Sample:
    passages: Sequence[Passage]
    queries: Sequence[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", action="append", choices=RUNTIMES, help="default: all")
    parser.add_argument("--passages", type=int, default=200)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    sample = draw(load_retrieval_set(data_folder() / "retrieval" / "scifact"), arguments.passages)
    with tempfile.TemporaryDirectory() as folder:
        exact = in_a_process(reference, sample, Path(folder), arguments.threads)
        for runtime in arguments.runtime or RUNTIMES:
            in_a_process(measure, runtime, sample, exact, Path(folder), arguments.threads)


def draw(questions: RetrievalSet, count: int) -> Sample:
    """A third whole abstracts, a third titles, a third abstracts cut anywhere."""
    chosen = random.Random(1)  # noqa: S311 - a sample, not a secret
    documents = chosen.sample(list(questions.corpus.values()), count)
    texts = [(one.text, one.title, one.text[: chosen.randint(100, 900)])[i % 3] for i, one in enumerate(documents)]
    return Sample([Passage(text) for text in texts], list(questions.queries.values())[:QUERIES])


def in_a_process(work: Callable[..., object], *arguments: object) -> NDArray[np.float32]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return np.asarray(pool.apply(work, arguments))


def reference(sample: Sample, folder: Path, threads: int) -> NDArray[np.float32]:
    """First windows' vectors in fp32; also fills the cache, so that every start measured is a warm one."""
    for runtime in RUNTIMES:
        embedder(runtime, folder, threads).warm()
    return firsts(embedder("onnxruntime", folder, threads), sample.passages)


def embedder(runtime: str, folder: Path, threads: int) -> BertEmbedder:
    made = create_embedder(model=DEFAULT_MODEL, runtime=runtime, cache_dir=folder, threads=threads)
    assert isinstance(made, BertEmbedder)
    return made


def firsts(made: BertEmbedder, passages: Sequence[Passage]) -> NDArray[np.float32]:
    return np.array([vectors[0] for vectors in made.embed_passages(passages)])


def measure(runtime: str, sample: Sample, exact: NDArray[np.float32], folder: Path, threads: int) -> None:
    started = time.perf_counter()
    made = embedder(runtime, folder, threads)
    made.warm()
    warm = time.perf_counter() - started
    print(f"\n{made.info.runtime}, {threads} threads: first vector after {warm:.2f} s, {memory()}")
    cosines = (firsts(made, sample.passages) * exact).sum(axis=1)
    print(f"cosine to fp32: lowest {cosines.min():.6f}, mean {cosines.mean():.6f}")
    print(f"query alone: {queries(made, sample.queries)}")
    for policy in POLICIES:
        measure_policy(made, policy, sample)


def measure_policy(made: BertEmbedder, policy: BatchPolicy, sample: Sample) -> None:
    made.policy = policy
    made.embed_passages(sample.passages)
    started = time.perf_counter()
    windows = sum(map(len, made.embed_passages(sample.passages)))
    rate = windows / (time.perf_counter() - started)
    with busy(made, sample.passages):
        answered = queries(made, sample.queries)
    sizes = f"{policy.tokens:5} tokens, {policy.inputs:2} inputs"
    print(f"{sizes}: {rate:6.1f} windows/s; query meanwhile {answered}; {memory()}")


@contextmanager
def busy(made: BertEmbedder, passages: Sequence[Passage]) -> Iterator[None]:
    """Another thread embeds the passages over and over."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            made.embed_passages(passages[:40])

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def queries(made: BertEmbedder, texts: Sequence[str]) -> str:
    times = []
    for text in texts:
        started = time.perf_counter()
        made.embed_query(text)
        times.append(time.perf_counter() - started)
        time.sleep(0.02)  # the pace of people: queries one after another would leave the passages no turn
    middle, late = np.percentile(times, [50, 95]) * 1000
    return f"p50 {middle:.1f} p95 {late:.1f} ms"


def memory() -> str:
    return f"RSS {psutil.Process().memory_info().rss / 1e6:.0f} MB"


if __name__ == "__main__":
    main()
