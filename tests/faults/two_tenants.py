"""One tenant beside another that brings a hundred times as much: `python -m tests.faults.two_tenants [--files 10000]
[--share 0.01] [--workers 4] [--embedding real|stand-in] [--seed 1]`.

Two clusters, one after the other, with the same small tenant: first its files come in alone, then both tenants upload
at once, and the small one begins where the large one has some hundred waiting. The files are of mixed size, 40 to 1,600
words (the mean is about 420), small ones more often. `stand-in` puts a model of a few thousand weights in the place of
the real one, so that what is measured is everything else.

A file waits from the moment that its upload is sent to the moment that it is found. Prints what the small tenant's
files waited, alone and beside the other; exits with 1 if the median, the 95th percentile or the longest of these is
more than 3 times what it is alone, or if a file of either tenant was not indexed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import func, select

from bench.server import FILES_AT_ONCE, KnowledgeBase, Upload
from identity.types import Role
from ingest.files.models import File, FileGeneration
from ingest.files.types import FileStatus
from kit.db.database import Database
from orchestration.runtime import Runtime, build_runtime
from tests.faults.cluster import Cluster, cluster
from tests.faults.made_up import make_text
from tests.unit.retrieval.embedding.tiny_bert import write_tiny_bert

MOST_TIMES_ALONE = 3.0
LEAST_WORDS, MOST_WORDS = 40, 1600
AHEAD = 200
"""Files of the large tenant that wait before the small one begins."""

PATIENCE_SECONDS = 3600.0
_UPLOADERS = 3
_BATCH = 5
"""Files in a request of the small tenant."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds that the small tenant's files waited, the shortest first; what the whole took and held."""

    seconds: Sequence[float]
    files: int
    words: int
    whole_seconds: float
    unfinished: Sequence[str]

    def at(self, share: float) -> float:
        return self.seconds[min(len(self.seconds) - 1, int(len(self.seconds) * share))]

    def line(self, name: str) -> str:
        waited = ", ".join(f"{word} {self.at(share):.2f} s" for word, share in SHARES.items())
        whole = f"{self.files} files of {self.words} words in {self.whole_seconds:.1f} s"
        return f"{name}: {len(self.seconds)} files of the small tenant waited: {waited} ({whole})"


SHARES: Mapping[str, float] = {"median": 0.5, "95th percentile": 0.95, "longest": 1.0}


@dataclass(frozen=True, slots=True)
class Report:
    embedding: str
    workers: int
    alone: Waits
    beside: Waits

    def ratios(self) -> Mapping[str, float]:
        return {name: self.beside.at(share) / self.alone.at(share) for name, share in SHARES.items()}

    def shortfalls(self) -> Sequence[str]:
        return [
            f"the {name} beside the other tenant is {ratio:.2f} times that alone"
            for name, ratio in self.ratios().items()
            if ratio > MOST_TIMES_ALONE
        ]

    def lines(self) -> Sequence[str]:
        return [
            f"{self.workers} workers, the {self.embedding} embedding model",
            self.alone.line("alone"),
            self.beside.line("beside the other"),
            "times alone: " + ", ".join(f"{name} {ratio:.2f}" for name, ratio in self.ratios().items()),
        ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.01, help="of the files that are the small tenant's")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--embedding", choices=["real", "stand-in"], default="real")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    report = run(
        files=given.files, share=given.share, workers=given.workers, embedding=given.embedding, seed=given.seed
    )
    sys.stdout.write("\n".join(report.lines()) + "\n")
    unfinished = [*report.alone.unfinished, *report.beside.unfinished]
    found = [*(f"SHORTFALL: {one}" for one in report.shortfalls()), *(f"VIOLATION: {one}" for one in unfinished)]
    sys.stdout.writelines(f"{one}\n" for one in found)
    return 1 if found else 0


def run(*, files: int, share: float, workers: int, embedding: str, seed: int) -> Report:
    chosen = random.Random(seed)  # noqa: S311 - made-up files, not secrets
    small = _made(chosen, "small", max(1, round(files * share)))
    large = _made(chosen, "large", files - len(small))
    with _models(embedding) as more:
        alone = _measured(small, [], workers=workers, more=more)
        beside = _measured(small, large, workers=workers, more=more)
    return Report(embedding, workers, alone, beside)


def _made(chosen: random.Random, name: str, count: int) -> Sequence[Upload]:
    return [
        Upload(
            f"{name}-{number:05}.txt",
            make_text(chosen, int(LEAST_WORDS * (MOST_WORDS / LEAST_WORDS) ** chosen.random())).encode(),
        )
        for number in range(count)
    ]


@contextmanager
def _models(embedding: str) -> Iterator[Mapping[str, str]]:
    if embedding == "real":
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="cairn-model-") as folder:
        yield {"CAIRN_EMBEDDING_MODEL": str(write_tiny_bert(Path(folder) / "stand-in"))}


def _measured(small: Sequence[Upload], large: Sequence[Upload], *, workers: int, more: Mapping[str, str]) -> Waits:
    with cluster(workers=workers // 2, more=more) as parts:
        runtime = build_runtime(parts.settings)
        try:
            return _ingested(parts, runtime, small, large)
        finally:
            runtime.close()


def _ingested(parts: Cluster, runtime: Runtime, small: Sequence[Upload], large: Sequence[Upload]) -> Waits:
    began = time.monotonic()
    sent: dict[str, float] = {}
    with parts.knowledge_base() as mine, ThreadPoolExecutor(_UPLOADERS) as pool:
        theirs = KnowledgeBase(parts.apis[0].url, _other_tenant(runtime))
        with theirs:
            _warm(mine)
            dataset_id, other_id = mine.create_dataset("small"), theirs.create_dataset("large")
            batches = [large[start : start + FILES_AT_ONCE] for start in range(0, len(large), FILES_AT_ONCE)]
            uploading = [pool.submit(_upload, theirs, other_id, batch) for batch in batches]
            _await(lambda: _count(runtime.database, other_id) >= min(AHEAD, len(large)))
            for start in range(0, len(small), _BATCH):
                batch = small[start : start + _BATCH]
                sent |= dict.fromkeys((file.file_name for file in batch), time.time())
                _upload(mine, dataset_id, batch)
            for one in uploading:
                one.result()
        _await(lambda: not _count(runtime.database, dataset_id, other_id, unfinished=True))
    waits, unfinished = _waits(runtime.database, sent, dataset_id, other_id)
    words = sum(file.content.count(b" ") + 1 for file in [*small, *large])
    return Waits(waits, len(small) + len(large), words, time.monotonic() - began, unfinished)


def _other_tenant(runtime: Runtime) -> str:
    """The key of its administrator."""
    with runtime.database.write() as session:
        made = runtime.tenants.create(session, name="large", email="large@example.com", person="large")
        issued = runtime.keys.create(
            session, tenant_id=made.tenant.id, user_id=made.administrator_id, name="large", role=Role.ADMIN
        )
    return issued.token


def _warm(base: KnowledgeBase) -> None:
    """The first file waits for models and processes that are there from then on."""
    dataset_id = base.create_dataset("warm")
    base.upload(dataset_id, [Upload(f"{number}.txt", f"Warm {number}.".encode()) for number in range(8)])
    base.wait_until_settled(dataset_id)


def _upload(base: KnowledgeBase, dataset_id: str, files: Sequence[Upload]) -> None:
    """What is put off because too much is waiting is sent again."""
    while True:
        try:
            base.upload(dataset_id, files)
        except httpx.HTTPStatusError as error:
            if error.response.status_code not in {429, 503}:
                raise
            time.sleep(float(error.response.headers["Retry-After"]))
        else:
            return


def _await(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > ends:
            raise TimeoutError(f"not so after {PATIENCE_SECONDS:g} s")
        time.sleep(0.5)


def _count(database: Database, *dataset_ids: str, unfinished: bool = False) -> int:
    wanted = select(func.count()).select_from(File).where(File.dataset_id.in_(dataset_ids))
    if unfinished:
        wanted = wanted.where(File.status.not_in([FileStatus.INDEXED, FileStatus.ERROR]))
    with database.read() as session:
        return session.scalar(wanted) or 0


def _waits(
    database: Database, sent: Mapping[str, float], dataset_id: str, other_id: str
) -> tuple[Sequence[float], Sequence[str]]:
    """Of the first dataset, the shortest first; and what of either is not indexed."""
    with database.read() as session:
        found = session.execute(
            select(File.name, FileGeneration.activated_at)
            .join(FileGeneration, FileGeneration.file_id == File.id)
            .where(File.dataset_id == dataset_id, FileGeneration.activated_at.is_not(None))
        ).all()
        rest = session.execute(
            select(File.name, File.status).where(
                File.dataset_id.in_([dataset_id, other_id]), File.status != FileStatus.INDEXED
            )
        ).all()
    at = {name: activated.timestamp() for name, activated in found if activated is not None}
    missing = [f"{name} was never indexed" for name in sent if name not in at]
    waits = sorted(at[name] - sent[name] for name in sent if name in at)
    return waits, [*missing, *(f"{name} is {status}" for name, status in rest)]


if __name__ == "__main__":
    sys.exit(main())
