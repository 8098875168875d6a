"""The default vector store: Qdrant Edge, embedded, shared by all processes that use the same home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

import msgspec
import numpy as np

from retrieval.stores.bm25 import Encoder
from retrieval.stores.checks import check_points, check_query
from retrieval.stores.edge.client import EngineClient
from retrieval.stores.edge.compaction import CompactionPolicy
from retrieval.stores.edge.messages import (
    Activate,
    Compact,
    CountVersions,
    Delete,
    Deleted,
    DeletePoints,
    Describe,
    Ensure,
    Envelope,
    Explain,
    ExplainedWire,
    Found,
    ListCollections,
    Operation,
    Search,
    Selection,
    SetEnabled,
    Upsert,
    Vectors,
    Windows,
    WireFilter,
    WirePoint,
)
from retrieval.stores.encoders import encoder_of
from retrieval.stores.payload import Field, matches_nothing, parse_version, payload_of, version_key
from retrieval.stores.protocol import CollectionSpec, FileCount
from retrieval.types import (
    Candidates,
    ChunkExplanation,
    Explanation,
    Filter,
    Point,
    QueryTerm,
    SparseVector,
    Vector,
)

# A search that comes in the middle waits for one slice: 32 points take 3 ms, 13 ms at worst (bench/vector_store.py).
SLICE = 32
_DELETED_AT_ONCE = 256


class EdgeStore:
    """A `VectorStore` in a folder. Cheap to make: the engine starts with the first call."""

    def __init__(
        self,
        vectors: Path,
        *,
        policy: CompactionPolicy | None = None,
        linger: float = 2.0,
        start_seconds: float = 30.0,
        answer_seconds: float = 120.0,
    ) -> None:
        self.folder = vectors.absolute()
        self._client = EngineClient(
            self.folder,
            policy=policy or CompactionPolicy(),
            linger=linger,
            start_seconds=start_seconds,
            answer_seconds=answer_seconds,
        )
        self._encoders: dict[str, Encoder] = {}

    def ensure(self, spec: CollectionSpec) -> None:
        self._client.call(Ensure(spec.name, spec.vector_size, spec.average_length, spec.language, spec.analysis))

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        check_points(points)
        encoder = self._encoder(collection)
        for start in range(0, len(points), SLICE):
            part = points[start : start + SLICE]
            files = sorted({point.file_id for point in part})
            last = start + SLICE >= len(points)
            self._write(collection, Upsert([_wire(point, encoder) for point in part]), files=files, sync=last)

    def activate(self, collection: str, file_id: str, generation: int, *, enabled: bool) -> None:
        self._write(collection, Activate(file_id, generation, enabled), files=[file_id])

    def set_enabled(self, collection: str, file_id: str, *, enabled: bool) -> None:
        self._write(collection, SetEnabled(file_id, enabled), files=[file_id])

    def delete_points(self, collection: str, file_id: str, ids: Sequence[str]) -> None:
        self._write(collection, DeletePoints(list(ids)), files=[file_id])

    def delete_generation(self, collection: str, file_id: str, generation: int) -> int:
        selection = Selection(Field.VERSION, version_key(file_id, generation))
        return self._delete(collection, selection, files=[file_id])

    def delete_file(self, collection: str, file_id: str) -> int:
        return self._delete(collection, Selection(Field.FILE, file_id), files=[file_id])

    def delete_dataset(self, collection: str, dataset_id: str) -> int:
        return self._delete(collection, Selection(Field.DATASET, dataset_id), datasets=[dataset_id])

    def candidates(
        self, collection: str, *, vector: Vector | None, text: str | None, where: Filter, pool: int
    ) -> Candidates:
        check_query(vector, pool)
        if matches_nothing(where):
            return Candidates(scores=(), bm25_ceiling=0.0, engine_seconds=0.0)
        search = _wire_search(vector, text, where, pool)
        started = perf_counter()
        found = msgspec.msgpack.decode(self._read(collection, search), type=Found)
        spent = min(found.seconds, perf_counter() - started)  # an answer that was kept says what it took then
        return Candidates(scores=found.scores, bm25_ceiling=found.ceiling, engine_seconds=spent)

    def explain(
        self,
        collection: str,
        *,
        vector: Vector | None,
        text: str | None,
        where: Filter,
        chunk_ids: Sequence[str],
        ranks: bool = False,
    ) -> Explanation:
        check_query(vector, 1)
        if matches_nothing(where):
            return Explanation((), {})
        order = Explain(_wire_search(vector, text, where, 1), list(chunk_ids), ranks)
        answer = msgspec.msgpack.decode(self._read(collection, order), type=ExplainedWire)
        words = {term.index: term.word for term in answer.terms}
        return Explanation(
            terms=[QueryTerm(term.word, term.idf) for term in answer.terms],
            chunks={
                one.chunk_id: ChunkExplanation(
                    one.chunk_id,
                    {words[index]: part for index, part in one.terms.items()},
                    one.vector_rank,
                    one.keyword_rank,
                )
                for one in answer.chunks
            },
        )

    def vectors(self, collection: str, *, where: Filter, chunk_ids: Sequence[str]) -> Mapping[str, Sequence[Vector]]:
        if matches_nothing(where):
            return {}
        answer = self._read(collection, Vectors(_wire_filter(where), list(chunk_ids)))
        found = msgspec.msgpack.decode(answer, type=dict[str, list[bytes]])
        return {chunk_id: [np.frombuffer(one, dtype="<f4") for one in windows] for chunk_id, windows in found.items()}

    def windows(self, collection: str, chunk_ids: Sequence[str]) -> Mapping[str, Sequence[Vector]]:
        if not chunk_ids:
            return {}
        answer = self._read(collection, Windows(list(chunk_ids)))
        found = msgspec.msgpack.decode(answer, type=dict[str, list[bytes]])
        return {chunk: [np.frombuffer(one, dtype="<f4") for one in windows] for chunk, windows in found.items()}

    def count_by_file(self, collection: str) -> Iterable[FileCount]:
        counts = msgspec.msgpack.decode(self._read(collection, CountVersions()), type=dict[str, int])
        return [FileCount(*parse_version(key), points) for key, points in sorted(counts.items())]

    def collections(self) -> Sequence[str]:
        return msgspec.msgpack.decode(self._client.call(ListCollections()), type=list[str])

    def compact(self, collection: str) -> None:
        """Removes dead points now and builds the graph if the collection is large; searches and writes go on."""
        self._client.call(Compact(collection), patient=True)

    def close(self) -> None:
        self._client.close()

    def _encoder(self, collection: str) -> Encoder:
        """As the collection was made. Terms are found here, so that no search waits for it."""
        if collection not in self._encoders:
            made = msgspec.msgpack.decode(self._client.call(Describe(collection)), type=Ensure)
            self._encoders[collection] = encoder_of(
                analysis=made.analysis, average_length=made.average_length, language=made.language
            )
        return self._encoders[collection]

    def _read(self, collection: str, operation: Operation) -> bytes:
        return self._client.call(Envelope(collection, msgspec.msgpack.encode(operation)))

    def _write(
        self,
        collection: str,
        operation: Operation,
        *,
        files: Sequence[str] = (),
        datasets: Sequence[str] = (),
        sync: bool = True,
    ) -> bytes:
        body = msgspec.msgpack.encode(operation)
        return self._client.call(Envelope(collection, body, True, list(files), list(datasets), sync))

    def _delete(
        self, collection: str, selection: Selection, *, files: Sequence[str] = (), datasets: Sequence[str] = ()
    ) -> int:
        deleted = 0
        while True:
            operation = Delete(selection, _DELETED_AT_ONCE)
            answer = self._write(collection, operation, files=files, datasets=datasets)
            part = msgspec.msgpack.decode(answer, type=Deleted)
            deleted += part.points
            if not part.more:
                return deleted


def _wire(point: Point, encoder: Encoder) -> WirePoint:
    terms = encoder.document(point.text) if point.text else SparseVector((), ())
    vector = point.vector.astype("<f4").tobytes()
    return WirePoint(point.id, vector, list(terms.indices), list(terms.values), payload_of(point))


def _wire_search(vector: Vector | None, text: str | None, where: Filter, pool: int) -> Search:
    packed = None if vector is None else vector.astype("<f4").tobytes()
    return Search(vector=packed, text=text, where=_wire_filter(where), pool=pool)


def _wire_filter(where: Filter) -> WireFilter:
    dates = where.published
    since = dates.since if dates else None
    until = dates.until if dates else None
    return WireFilter(
        tenant_id=where.tenant_id,
        dataset_ids=list(where.dataset_ids),
        file_ids=None if where.file_ids is None else list(where.file_ids),
        sources=None if where.sources is None else list(where.sources),
        labels={key: list(values) for key, values in where.labels.items()},
        since=None if since is None else since.timestamp(),
        until=None if until is None else until.timestamp(),
        not_file_ids=list(where.without.file_ids),
        not_sources=list(where.without.sources),
        not_labels={key: list(values) for key, values in where.without.labels.items()},
        condition=where.condition,
    )
