"""A dataset's way from one process to a cluster and back: `python -m tests.e2e.round_trip [--files 40]`.

The first home is SQLite, Qdrant Edge and a folder; the cluster is PostgreSQL, an S3 server (moto) and the client of a
Qdrant server over its own engine in memory, since no server is to be had as a package; the last home is as the first.
Each way is `export` and `import`. Compares what is found, in which order and with which scores; exits with 1 where the
first and the last differ, or where the cluster finds other passages than the first.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from qdrant_client import QdrantClient

from identity.bootstrap import operator
from identity.types import Principal
from ingest.datasets.types import NewDataset
from ingest.files.types import IncomingFile, IngestOverrides
from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime
from retrieval.search.types import SearchRequest
from retrieval.stores.qdrant_server import QdrantServerStore
from tests.faults.made_up import is_readable, make_files
from tests.faults.services import object_store, postgres

_QUEUES = ("parse", "embed", "default")
_TOP_K = 10
_CLOSE = 1e-3
"""Scores of two engines that compute in different orders."""
_EQUAL = 1e-5


@dataclass(frozen=True)
class Answer:
    passages: Sequence[tuple[str, str]]
    scores: Sequence[float]


@dataclass(frozen=True)
class Outcome:
    """`same_on_cluster`: queries with the same passages, whatever order near-equal scores have."""

    files: int
    chunks: int
    queries: int
    same_on_cluster: int
    same_at_the_end: int
    largest_difference: float
    embedded_again: int

    @property
    def is_well(self) -> bool:
        everything = self.same_on_cluster == self.same_at_the_end == self.queries
        return everything and self.largest_difference < _CLOSE and not self.embedded_again

    def line(self) -> str:
        return (
            f"{self.files} files, {self.chunks} chunks, {self.queries} queries: the same passages for "
            f"{self.same_on_cluster} on the cluster (scores differ by {self.largest_difference:.1e} at most), the same "
            f"answers for {self.same_at_the_end} at the end; {self.embedded_again} files embedded again"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--queries", type=int, default=200)
    arguments = parser.parse_args()
    with postgres() as database:
        outcome = run(files=arguments.files, queries=arguments.queries, database_url=database.url)
    sys.stdout.write(outcome.line() + "\n")
    return 0 if outcome.is_well else 1


def run(*, files: int, queries: int, database_url: str, seed: int = 1) -> Outcome:
    chosen = random.Random(seed)  # noqa: S311 - made-up files and questions, no secrets
    with tempfile.TemporaryDirectory(prefix="cairn-round-trip-") as folder, ExitStack() as stack:
        root = Path(folder)
        first = stack.enter_context(_embedded(root / "first"))
        dataset = _filled(first, chosen, files)
        asked = _questions(first, dataset, chosen, queries)
        before = _answers(first, dataset, asked)
        _export(first, dataset, root / "one.bundle")

        cluster = stack.enter_context(_cluster(root / "cluster", database_url))
        there, again = _import(cluster, root / "one.bundle")
        on_cluster = _answers(cluster, there, asked)
        _export(cluster, there, root / "two.bundle")

        last = stack.enter_context(_embedded(root / "last"))
        home, once_more = _import(last, root / "two.bundle")
        after = _answers(last, home, asked)
        with first.database.read() as session:
            view = first.datasets.get(session, _principal(first), dataset)
    pairs = list(zip(before, on_cluster, strict=True))
    return Outcome(
        files=view.total_files,
        chunks=view.total_chunks,
        queries=len(asked),
        same_on_cluster=sum(_is_alike(one, other) for one, other in pairs),
        same_at_the_end=sum(_is_same(one, other) for one, other in zip(before, after, strict=True)),
        largest_difference=max(_difference(one, other) for one, other in pairs),
        embedded_again=again + once_more,
    )


@contextmanager
def _embedded(home: Path) -> Iterator[Runtime]:
    runtime = build_runtime(Settings(_env_file=None, home=home))
    try:
        yield runtime
    finally:
        runtime.close()


@contextmanager
def _cluster(home: Path, database_url: str) -> Iterator[Runtime]:
    with object_store() as files:
        settings = Settings(
            _env_file=None,
            home=home,
            database_url=database_url,
            files_url=f"s3://{files.bucket}",
            s3_endpoint=files.url,
            s3_region="us-east-1",
            s3_access_key="key",
            s3_secret_key="secret",
        )
        store = QdrantServerStore(QdrantClient(":memory:"), remote=False)
        with patch("orchestration.engines.make_store", return_value=store):
            runtime = build_runtime(settings)
        try:
            yield runtime
        finally:
            runtime.close()


def _principal(runtime: Runtime) -> Principal:
    with runtime.database.read() as session:
        return operator(session)


def _filled(runtime: Runtime, chosen: random.Random, count: int) -> str:
    principal = _principal(runtime)
    with runtime.database.write() as session:
        dataset = runtime.datasets.create(session, principal, NewDataset(name="travelling")).id
    made = [file for file in make_files(chosen, count, most_chunks=6) if is_readable(file)]
    incoming = [
        IncomingFile(file.file_name, io.BytesIO(file.content), {"number": str(number % 5)})
        for number, file in enumerate(made)
    ]
    with runtime.uploads.stage(incoming) as staged, runtime.database.write() as session:
        runtime.uploads.register(session, principal, dataset, staged, IngestOverrides())
    _work(runtime)
    return dataset


def _work(runtime: Runtime) -> None:
    worked = True
    while worked:
        turns = [runtime.worker.take_turn(queue) for queue in _QUEUES]
        worked = any(turns)


def _questions(runtime: Runtime, dataset: str, chosen: random.Random, count: int) -> Sequence[str]:
    """Some words of some passage each."""
    principal = _principal(runtime)
    texts: list[str] = []
    for word in ("time", "people", "school", "money", "number", "water", "night", "story", "result", "office"):
        hits = runtime.search.search(principal, SearchRequest(word, [dataset], top_k=20)).hits
        texts += [hit.passage.content for hit in hits]
    questions = []
    for _ in range(count):
        words = chosen.choice(texts).split()
        start = chosen.randrange(max(1, len(words) - 8))
        questions.append(" ".join(words[start : start + chosen.randint(2, 8)]))
    return questions


def _answers(runtime: Runtime, dataset: str, asked: Sequence[str]) -> Sequence[Answer]:
    principal = _principal(runtime)
    answers = []
    for text in asked:
        hits = runtime.search.search(principal, SearchRequest(text, [dataset], top_k=_TOP_K)).hits
        passages = [(hit.passage.file_name, hit.passage.content) for hit in hits]
        answers.append(Answer(passages, [round(hit.score, 6) for hit in hits]))
    return answers


def _export(runtime: Runtime, dataset: str, path: Path) -> None:
    runtime.bundles.writer.write(_principal(runtime), dataset, path)


def _import(runtime: Runtime, path: Path) -> tuple[str, int]:
    receipt = runtime.bundles.reader.take(_principal(runtime), path)
    return receipt.dataset_id, receipt.embedding


def _difference(one: Answer, other: Answer) -> float:
    return max((abs(a - b) for a, b in zip(one.scores, other.scores, strict=False)), default=0.0)


def _is_same(one: Answer, other: Answer) -> bool:
    """Every passage in its place; scores to the precision of the engine's numbers, which it adds up in any order."""
    return one.passages == other.passages and _difference(one, other) < _EQUAL


def _is_alike(one: Answer, other: Answer) -> bool:
    """The same passages, but for ones at the end whose scores are as good as equal."""
    if len(one.passages) != len(other.passages):
        return False
    last = one.scores[-1] if one.scores else 0.0
    strangers = set(one.passages) ^ set(other.passages)
    near = {
        p for answer in (one, other) for p, s in zip(answer.passages, answer.scores, strict=True) if s - last < _CLOSE
    }
    return strangers <= near


if __name__ == "__main__":
    sys.exit(main())
