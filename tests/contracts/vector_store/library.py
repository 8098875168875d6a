"""Points to test with: each library has a tenant, datasets and files of its own inside a shared collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4
from zlib import crc32

import numpy as np

from kit.ids import chunk_id, window_point_id
from retrieval.stores.protocol import VectorStore
from retrieval.types import Candidates, DateRange, Explanation, Filter, Point, Vector

SIZE = 16


def vector(seed: int) -> Vector:
    return np.random.default_rng(seed).standard_normal(SIZE).astype(np.float32)


def cosine(a: Vector, b: Vector) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@dataclass(slots=True)
class Library:
    """Writes and searches as one tenant would."""

    store: VectorStore
    collection: str
    tenant: str = field(default_factory=lambda: f"tenant-{uuid4().hex[:8]}")
    pages: dict[str, str] = field(default_factory=dict)

    def dataset(self, name: str = "d") -> str:
        return f"{self.tenant}-{name}"

    def file(self, name: str) -> str:
        return f"{self.tenant}/{name}"

    def points(
        self,
        name: str,
        texts: Sequence[str],
        *,
        generation: int = 1,
        dataset: str = "d",
        source: str = "upload",
        labels: Mapping[str, str] | None = None,
        published_at: float | None = None,
        windows: int = 1,
        searchable: bool = False,
    ) -> list[Point]:
        made = []
        for position, text in enumerate(texts):
            chunk = chunk_id(file_id=self.file(name), generation=generation, position=position)
            made += [
                Point(
                    id=window_point_id(chunk, window),
                    chunk_id=chunk,
                    tenant_id=self.tenant,
                    dataset_id=self.dataset(dataset),
                    file_id=self.file(name),
                    generation=generation,
                    position=position,
                    window=window,
                    vector=vector(crc32(f"{window} {text}".encode())),
                    text=text if window == 0 else None,
                    source=source,
                    live=searchable,
                    enabled=searchable,
                    labels=labels or {},
                    published_at=published_at,
                )
                for window in range(windows)
            ]
            self.pages[chunk] = text
        return made

    def add(self, name: str, texts: Sequence[str], *, generation: int = 1, **fields: object) -> list[Point]:
        """Ingests and activates, as a job does."""
        points = self.points(name, texts, generation=generation, **fields)  # type: ignore[arg-type]  # passed through
        self.store.upsert(self.collection, points)
        self.store.activate(self.collection, self.file(name), generation, enabled=True)
        return points

    def filter(
        self,
        datasets: Sequence[str] = ("d",),
        *,
        files: Sequence[str] | None = None,
        sources: Sequence[str] | None = None,
        labels: dict[str, Sequence[str]] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Filter:
        return Filter(
            tenant_id=self.tenant,
            dataset_ids=[self.dataset(name) for name in datasets],
            file_ids=None if files is None else [self.file(name) for name in files],
            sources=sources,
            labels=labels or {},
            published=DateRange(since, until) if since or until else None,
        )

    def search(
        self,
        text: str | None = None,
        *,
        near: Vector | None = None,
        where: Filter | None = None,
        pool: int = 50,
    ) -> Candidates:
        return self.store.candidates(self.collection, vector=near, text=text, where=where or self.filter(), pool=pool)

    def explain(
        self,
        text: str | None = None,
        *,
        near: Vector | None = None,
        chunks: Sequence[Point] = (),
        ranks: bool = False,
    ) -> Explanation:
        ids = list(dict.fromkeys(point.chunk_id for point in chunks))
        where = self.filter()
        return self.store.explain(self.collection, vector=near, text=text, where=where, chunk_ids=ids, ranks=ranks)

    def vectors(self, chunks: Sequence[Point]) -> Mapping[str, Sequence[Vector]]:
        ids = list(dict.fromkeys(point.chunk_id for point in chunks))
        return self.store.vectors(self.collection, where=self.filter(), chunk_ids=ids)

    def found(self, text: str | None = None, **how: object) -> set[str]:
        """The texts of what a search finds; by vector where no text is given."""
        near = None if text else vector(0)
        result = self.search(text, near=near, **how)  # type: ignore[arg-type]  # passed through
        return {self.pages[score.chunk_id] for score in result.scores}

    def counts(self) -> dict[tuple[str, int], int]:
        """Points by file name and generation, of this library only."""
        prefix = f"{self.tenant}/"
        return {
            (count.file_id.removeprefix(prefix), count.generation): count.points
            for count in self.store.count_by_file(self.collection)
            if count.file_id.startswith(prefix)
        }
