"""What must hold of a home whose server was killed many times: nothing lost, nothing doubled, nothing left over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.server import KnowledgeBase
from ingest.datasets.models import Dataset
from ingest.files.models import Chunk, File, FileGeneration
from ingest.files.types import FileStatus
from ingest.storage.folder import FolderStore
from ingest.storage.protocol import original_key
from kit.db.database import Database
from kit.home import DATABASE_NAME, FILES_NAME, VECTORS_NAME
from kit.jobs.models import Job
from kit.jobs.types import UNFINISHED, JobState
from retrieval.stores.edge.store import EdgeStore
from retrieval.stores.protocol import FileCount

REFUSED = "refused"
"""At upload or later: the file has no chunks."""

TOP_K = 20

Outcomes = Mapping[str, int | str]
"""By file name: the number of chunks, or REFUSED."""


@dataclass(frozen=True, slots=True)
class FileRow:
    id: str
    name: str
    status: str
    active_generation: int | None


@dataclass(frozen=True, slots=True)
class ChunkRow:
    id: str
    file_id: str
    generation: int
    position: int


@dataclass(frozen=True, slots=True)
class Remains:
    """What a home with one dataset holds, whose server has ended. `files` are the living ones.

    Blobs are what is kept of originals and parsed blocks; half received uploads do not count.
    """

    files: Sequence[FileRow]
    chunks: Sequence[ChunkRow]
    points: Sequence[FileCount]
    unfinished_jobs: Sequence[str]
    missing_blobs: Sequence[str]
    stray_blobs: Sequence[str]


def read_remains(home: Path, dataset_id: str) -> Remains:
    database = Database(f"sqlite:///{home / DATABASE_NAME}")
    store = EdgeStore(home / VECTORS_NAME)
    try:
        with database.read() as session:
            dataset = session.get_one(Dataset, dataset_id)
            living = (File.dataset_id == dataset_id) & File.deleted_at.is_(None)
            files = session.scalars(select(File).where(living)).all()
            chunks = session.execute(select(Chunk.id, Chunk.file_id, Chunk.generation, Chunk.position))
            jobs = session.scalars(select(Job).where(Job.state.in_((*UNFINISHED, JobState.DEAD))))
            wanted, kept = _wanted_blobs(session, files), set(FolderStore(home / FILES_NAME).keys())
            return Remains(
                files=[FileRow(row.id, row.name, row.status, row.active_generation) for row in files],
                chunks=[ChunkRow(*row) for row in chunks],
                points=list(store.count_by_file(dataset.collection)),
                unfinished_jobs=[f"{job.kind} of {job.subject} is {job.state}: {job.error}" for job in jobs],
                missing_blobs=sorted(wanted - kept),
                stray_blobs=sorted(kept - wanted),
            )
    finally:
        store.close()
        database.close()


def _wanted_blobs(session: Session, files: Sequence[File]) -> set[str]:
    active = (FileGeneration.file_id == File.id) & (FileGeneration.number == File.active_generation)
    blocks = session.scalars(select(FileGeneration.blocks_key).join(File, active))
    originals = (original_key(tenant_id=file.tenant_id, sha256=file.sha256) for file in files)
    return {*originals, *(key for key in blocks if key is not None)}


def violations(remains: Remains, expected: Outcomes) -> Iterator[str]:
    """A sentence for each thing that is not as after an undisturbed ingestion."""
    yield from _wrong_files(remains, expected)
    yield from _wrong_chunks(remains, expected)
    yield from _wrong_points(remains)
    yield from (f"job {job}" for job in remains.unfinished_jobs)
    yield from (f"blob {key} is missing" for key in remains.missing_blobs)
    yield from (f"blob {key} belongs to nothing" for key in remains.stray_blobs)


def _wrong_files(remains: Remains, expected: Outcomes) -> Iterator[str]:
    names = Counter(file.name for file in remains.files)
    yield from (f"{name} is there {times} times" for name, times in names.items() if times > 1)
    yield from (f"{name} was never uploaded" for name in names.keys() - expected.keys())
    for name, outcome in expected.items():
        if outcome != REFUSED and name not in names:
            yield f"{name} is lost"
    for file in remains.files:
        should_be = FileStatus.ERROR if expected.get(file.name) == REFUSED else FileStatus.INDEXED
        if file.status != should_be:
            yield f"{file.name} is {file.status}, not {should_be.value}"


def _wrong_chunks(remains: Remains, expected: Outcomes) -> Iterator[str]:
    positions: dict[tuple[str, int], list[int]] = {}
    for chunk in remains.chunks:
        positions.setdefault((chunk.file_id, chunk.generation), []).append(chunk.position)
    if len({chunk.id for chunk in remains.chunks}) < len(remains.chunks):
        yield "chunk ids are not unique"
    for file in remains.files:
        found = sorted(positions.pop((file.id, file.active_generation or 0), []))
        count = expected.get(file.name, REFUSED)
        if found != list(range(0 if isinstance(count, str) else count)):
            yield f"{file.name} has {len(found)} chunks, undisturbed {count}"
    for (file_id, generation), rows in positions.items():
        yield f"{len(rows)} chunks of generation {generation} of {file_id} are of no active generation"


def _wrong_points(remains: Remains) -> Iterator[str]:
    chunks = Counter((chunk.file_id, chunk.generation) for chunk in remains.chunks)
    points = {(count.file_id, count.generation): count.points for count in remains.points}
    for file in remains.files:
        active = (file.id, file.active_generation or 0)
        found = points.pop(active, 0)
        if found < chunks[active]:
            yield f"{file.name} has {found} vectors for {chunks[active]} chunks"
    for (file_id, generation), found in points.items():
        yield f"{found} orphan vectors of generation {generation} of {file_id}"


def unsearchable(base: KnowledgeBase, dataset_id: str, expected: Outcomes) -> Iterator[str]:
    """Asks the running server for each file: its chunks are all found, each once."""
    for file in base.get_dataset(dataset_id).files:
        count = expected.get(file.file_name, REFUSED)
        answer = base.search("time", [dataset_id], top_k=TOP_K, alpha=1.0, file_ids=[file.id])
        found = [hit.chunk_id for hit in answer.results]
        wanted = 0 if isinstance(count, str) else min(count, TOP_K)
        if len(found) != wanted or len(set(found)) != wanted:
            yield f"a search in {file.file_name} finds {len(found)} chunks ({len(set(found))} different), not {wanted}"
