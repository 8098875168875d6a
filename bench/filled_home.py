"""A home with many passages, filled beside the server: rows and points are written as the pipeline writes them.

Ingesting 100,000 passages takes an hour on two cores. Here the texts are real, and so are the vectors of the first
few thousand passages. The others' vectors are made up: a real one, moved a little in a random direction. Such vectors
serve for speed, not for relevance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from bench.retrieval_sets import CorpusDocument
from bench.server import Upload, serving
from ingest.datasets.models import Dataset
from ingest.documents import BlockKind, ChunkSettings, ParserEngine, ParseType
from ingest.files.builds import BuildSettings
from ingest.files.models import Chunk, File, FileGeneration
from ingest.files.types import FileSource, FileStatus, GenerationState
from ingest.pipeline.points import points_of
from kit.db.database import Database
from kit.ids import chunk_id, new_id
from retrieval.embedding.protocol import Embedder, Passage
from retrieval.stores.edge.store import EdgeStore
from retrieval.types import Point, Vector

PASSAGES_A_FILE = 50
SHELVES = 1000
"""File number n has the label shelf=n modulo this."""
NOISE = 0.3
"""Length of the random move of a unit vector: cosine .96 to where it was."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """One unit vector a passage, real ones first. `real` has the shape (real ones, vector size)."""

    real: NDArray[np.float32]
    random: np.random.Generator

    def of(self, number: int) -> Vector:
        if number < len(self.real):
            return self._row(number)
        moved = self._row(number % len(self.real)) + self._noise()
        return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)

    def _row(self, number: int) -> Vector:
        return np.asarray(self.real[number], dtype=np.float32)

    def _noise(self) -> Vector:
        size: int = self.real.shape[1]
        drawn: Vector = self.random.standard_normal(size).astype(np.float32)
        return drawn * np.float32(NOISE / np.sqrt(size))


def embed(embedder: Embedder, passages: Sequence[CorpusDocument]) -> Vectors:
    """A passage of several windows counts with its first."""
    made = embedder.embed_passages([Passage(one.text, one.title) for one in passages])
    return Vectors(np.array([windows[0] for windows in made], dtype=np.float32), np.random.default_rng(7))


def begin(home: Path, *, datasets: int) -> Sequence[str]:
    """Let a server make the home, its datasets and, by a first small file, the collection. Returns the datasets' ids.

    Their order is that of the filling: file number n belongs to dataset n modulo `datasets`.
    """
    with serving(home) as server, server.knowledge_base() as base:
        made = [base.create_dataset(f"wiki {number:02}") for number in range(datasets)]
        base.upload(made[0], [Upload("first.md", b"# First\n\nA passage that brings the collection to life.\n")])
        base.wait_until_settled(made[0])
        return made


def fill(home: Path, dataset_ids: Sequence[str], passages: Sequence[CorpusDocument], vectors: Vectors) -> None:
    """The server must have ended. Every file is complete, indexed and searchable, and the engine has its graph where
    there are enough passages for one."""
    database = Database(f"sqlite:///{home / 'cairn.db'}")
    store = EdgeStore(home / "vectors")
    try:
        with database.read() as session:
            found = {row.id: row for row in session.scalars(select(Dataset))}
            session.expunge_all()  # else the rollback at the end of reading empties them
        datasets = [found[dataset_id] for dataset_id in dataset_ids]
        for number, start in enumerate(range(0, len(passages), PASSAGES_A_FILE)):
            dataset = datasets[number % len(datasets)]
            file, generation = file_rows(dataset, number, passages[start : start + PASSAGES_A_FILE])
            chunks = list(chunk_rows(file, passages[start : start + PASSAGES_A_FILE]))
            made = [vectors.of(start + chunk.position) for chunk in chunks]
            pairs = zip(chunks, made, strict=True)
            store.upsert(dataset.collection, [one for pair in pairs for one in searchable(file, *pair)])
            with database.write() as session:
                session.add(file)
                session.flush()  # no relationship tells the session that the others refer to it
                session.add_all([generation, *chunks])
        for collection in {dataset.collection for dataset in datasets}:
            store.compact(collection)
    finally:
        store.close()
        database.close()


def searchable(file: File, chunk: Chunk, vector: Vector) -> Sequence[Point]:
    return points_of(chunk, file, [vector], live=True)


def file_rows(dataset: Dataset, number: int, passages: Sequence[CorpusDocument]) -> tuple[File, FileGeneration]:
    now = datetime.now(UTC)
    content = "\n\n".join(one.text for one in passages).encode()
    digest = sha256(content).hexdigest()
    file = File(
        id=new_id(),
        tenant_id=dataset.tenant_id,
        dataset_id=dataset.id,
        name=f"wiki-{number:05}.txt",
        mime_type="text/plain",
        size_bytes=len(content),
        sha256=digest,
        source=FileSource.UPLOAD,
        labels={"shelf": str(number % SHELVES)},
        enabled=True,
        status=FileStatus.INDEXED,
        chunks_done=len(passages),
        chunks_total=len(passages),
        latest_generation=1,
        active_generation=1,
        created_at=now,
        updated_at=now,
    )
    chunking = ChunkSettings(ParseType(dataset.parse_type), dataset.chunk_size, dataset.chunk_overlap)
    generation = FileGeneration(
        file_id=file.id,
        number=1,
        tenant_id=dataset.tenant_id,
        state=GenerationState.ACTIVE,
        sha256=digest,
        settings=BuildSettings(chunking, ParserEngine(dataset.parser_engine)).stored(),
        engine_used=ParserEngine.NODE_NATIVE,
        warnings=[],
        chunks_count=len(passages),
        created_at=now,
        activated_at=now,
    )
    return file, generation


def chunk_rows(file: File, passages: Sequence[CorpusDocument]) -> Iterator[Chunk]:
    for position, passage in enumerate(passages):
        yield Chunk(
            id=chunk_id(file_id=file.id, generation=1, position=position),
            tenant_id=file.tenant_id,
            dataset_id=file.dataset_id,
            file_id=file.id,
            generation=1,
            position=position,
            content=passage.text,
            context=passage.title,
            kind=BlockKind.TEXT,
            token_count=len(passage.text) // 4,
            heading_path=[passage.title],
            boxes=[],
            enabled=True,
        )
