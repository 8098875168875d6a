"""A Qdrant server or cluster as vector store, for installations that outgrow one machine."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import httpx
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException, UnexpectedResponse

from kit.errors import Conflict, Invalid, NotFound, Unavailable
from retrieval.stores.bm25 import ENGINE_ANALYSIS, Encoder
from retrieval.stores.checks import check_points, check_query
from retrieval.stores.encoders import encoder_of
from retrieval.stores.payload import (
    INDEXED,
    Field,
    Kind,
    Payload,
    matches_nothing,
    parse_version,
    payload_of,
    scope_key,
    version_key,
)
from retrieval.stores.protocol import CollectionSpec, FileCount
from retrieval.stores.qdrant_explaining import ServerExplainer, all_windows
from retrieval.stores.qdrant_search import DENSE, SPARSE, ServerSearch, equals
from retrieval.types import Candidates, Explanation, Filter, Point, Vector

_BATCH = 128
_EVERY = 1_000_000_000
_BYTES = models.ScalarQuantization(scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8, always_ram=True))


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How collections are made. Replicas and shards matter on a cluster only. `quantized` as in an Edge's graph."""

    shards: int = 1
    replicas: int = 1
    on_disk: bool = False
    quantized: bool = True


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a caller may count on beyond the protocol.

    `concurrent`: calls of several threads run at the same time. `durable`: points outlive the process.
    `payload_indexes`: filters cost less than a scan. The client's local mode has none of these.
    """

    concurrent: bool
    durable: bool
    payload_indexes: bool


@dataclass(frozen=True, slots=True)
class _Collection:
    """What a collection was made with."""

    vector_size: int
    encoder: Encoder

    def check_size(self, name: str, vector: Vector) -> None:
        if len(vector) != self.vector_size:
            raise Invalid(
                f"a vector of size {len(vector)} was given; collection {name!r} holds size {self.vector_size}"
            )


def connect(url: str, *, api_key: str | None = None, timeout: int = 30) -> QdrantClient:
    return QdrantClient(url=url, api_key=api_key, timeout=timeout)


class QdrantServerStore:
    """A `VectorStore` over a client. An activation is two updates: in between a search may see both generations,
    never none; the generation is in every score."""

    def __init__(self, client: QdrantClient, *, options: ServerOptions | None = None, remote: bool = True) -> None:
        self._client = client
        self._options = options or ServerOptions()
        self._local = None if remote else threading.Lock()
        self._known: dict[str, _Collection] = {}

    @property
    def capabilities(self) -> Capabilities:
        remote = self._local is None
        return Capabilities(concurrent=remote, durable=remote, payload_indexes=remote)

    def ensure(self, spec: CollectionSpec) -> None:
        encoder_of(analysis=spec.analysis, average_length=spec.average_length, language=spec.language)
        with self._calling():
            if not self._client.collection_exists(spec.name):
                self._create(spec)
            self._index(spec.name)
        size = self._collection(spec.name).vector_size
        if size != spec.vector_size:
            raise Conflict(
                f"collection {spec.name!r} holds vectors of size {size}, not {spec.vector_size}; "
                "use another collection for another model"
            )

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        check_points(points)
        known = self._collection(collection)
        for point in points:
            known.check_size(collection, point.vector)
        for start in range(0, len(points), _BATCH):
            batch = [_struct(point, known.encoder) for point in points[start : start + _BATCH]]
            with self._calling():
                self._client.upsert(collection, batch, wait=True)

    def activate(self, collection: str, file_id: str, generation: int, *, enabled: bool) -> None:
        version = models.Filter(must=[equals(Field.VERSION, version_key(file_id, generation))])
        others = models.Filter(must=[equals(Field.FILE, file_id)], must_not=version.must)
        with self._calling(collection):
            scope = self._scope(collection, version) if enabled else []
            self._set(collection, version, {"live": 1, "enabled": int(enabled), "scope": scope})
            self._set(collection, others, {"live": 0, "scope": []})

    def set_enabled(self, collection: str, file_id: str, *, enabled: bool) -> None:
        file = models.Filter(must=[equals(Field.FILE, file_id)])
        live = models.Filter(must=[equals(Field.FILE, file_id), equals(Field.LIVE, 1)])
        with self._calling(collection):
            self._set(collection, file, {"enabled": int(enabled)})
            self._set(collection, live, {"scope": self._scope(collection, file) if enabled else []})

    def delete_points(self, collection: str, file_id: str, ids: Sequence[str]) -> None:
        where = models.Filter(must=[equals(Field.FILE, file_id), models.HasIdCondition(has_id=list(ids))])
        with self._calling(collection):
            self._client.delete(collection, models.FilterSelector(filter=where), wait=True)

    def delete_generation(self, collection: str, file_id: str, generation: int) -> int:
        return self._delete(collection, Field.VERSION, version_key(file_id, generation))

    def delete_file(self, collection: str, file_id: str) -> int:
        return self._delete(collection, Field.FILE, file_id)

    def delete_dataset(self, collection: str, dataset_id: str) -> int:
        return self._delete(collection, Field.DATASET, dataset_id)

    def candidates(
        self, collection: str, *, vector: Vector | None, text: str | None, where: Filter, pool: int
    ) -> Candidates:
        check_query(vector, pool)
        if matches_nothing(where):
            return Candidates(scores=(), bm25_ceiling=0.0, engine_seconds=0.0)
        known = self._collection(collection)
        if vector is not None:
            known.check_size(collection, vector)
        terms = list(known.encoder.query(text).indices) if text else []
        search = ServerSearch(client=self._client, collection=collection, where=where, pool=pool)
        with self._calling(collection):
            return search.candidates(vector=vector, terms=terms)

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
        named = self._collection(collection).encoder.named(text) if text else {}
        search = ServerSearch(client=self._client, collection=collection, where=where, pool=1)
        with self._calling(collection):
            return ServerExplainer(search).explained(vector=vector, named=named, chunk_ids=chunk_ids, ranks=ranks)

    def vectors(self, collection: str, *, where: Filter, chunk_ids: Sequence[str]) -> Mapping[str, Sequence[Vector]]:
        if matches_nothing(where):
            return {}
        search = ServerSearch(client=self._client, collection=collection, where=where, pool=1)
        with self._calling(collection):
            return ServerExplainer(search).vectors(chunk_ids)

    def windows(self, collection: str, chunk_ids: Sequence[str]) -> Mapping[str, Sequence[Vector]]:
        with self._calling(collection):
            return all_windows(self._client, collection, chunk_ids)

    def count_by_file(self, collection: str) -> Iterable[FileCount]:
        with self._calling(collection):
            counted = self._client.facet(collection, Field.VERSION.value, limit=_EVERY, exact=True)
        pairs = sorted((str(hit.value), hit.count) for hit in counted.hits)
        return [FileCount(*parse_version(key), count) for key, count in pairs]

    def collections(self) -> Sequence[str]:
        with self._calling():
            return sorted(found.name for found in self._client.get_collections().collections)

    def close(self) -> None:
        self._client.close()

    def _create(self, spec: CollectionSpec) -> None:
        """Another process may make it at the same moment."""
        options = self._options
        create = partial(
            self._client.create_collection,
            spec.name,
            vectors_config={
                DENSE: models.VectorParams(
                    size=spec.vector_size,
                    distance=models.Distance.COSINE,
                    on_disk=options.on_disk,
                    quantization_config=_BYTES if options.quantized else None,
                )
            },
            sparse_vectors_config={SPARSE: models.SparseVectorParams(modifier=models.Modifier.IDF)},
            shard_number=options.shards,
            replication_factor=options.replicas,
            on_disk_payload=options.on_disk,
            metadata={
                "average_length": spec.average_length,
                "language": spec.language,
                "analysis": spec.analysis,
            },
        )
        try:
            create()
        except UnexpectedResponse:
            if not self._client.collection_exists(spec.name):
                raise

    def _index(self, name: str) -> None:
        """Adds the indexes that are missing, as they are where a process died between making one and the next."""
        if not self.capabilities.payload_indexes:
            return
        present = self._client.get_collection(name).payload_schema
        for field, kind in INDEXED.items():
            if field.value not in present:
                self._client.create_payload_index(name, field.value, field_schema=_index(kind), wait=True)

    def _collection(self, name: str) -> _Collection:
        if name not in self._known:
            with self._calling(name):
                self._known[name] = _recorded(name, self._client.get_collection(name).config)
        return self._known[name]

    def _scope(self, collection: str, where: models.Filter) -> list[str]:
        """A file lies in one dataset, so any of its points tells the scope of all."""
        found, _ = self._client.scroll(collection, scroll_filter=where, limit=1)
        return [scope_key(p[Field.TENANT.value], p[Field.DATASET.value]) for point in found if (p := point.payload)]

    def _set(self, collection: str, where: models.Filter, payload: Payload) -> None:
        self._client.set_payload(collection, payload, points=where, wait=True)

    def _delete(self, collection: str, field: Field, value: str) -> int:
        where = models.Filter(must=[equals(field, value)])
        with self._calling(collection):
            count = self._client.count(collection, count_filter=where, exact=True).count
            self._client.delete(collection, models.FilterSelector(filter=where), wait=True)
        return count

    @contextmanager
    def _calling(self, collection: str | None = None) -> Iterator[None]:
        """The client's errors as ours. Local mode is not made for threads, so there one call goes at a time."""
        if self._local is not None:
            self._local.acquire()
        try:
            if collection is not None and not self._client.collection_exists(collection):
                raise NotFound(f"there is no collection {collection!r}; ensure it first")
            yield
        except (ApiException, UnexpectedResponse, QdrantException, httpx.HTTPError) as error:
            raise Unavailable(f"the Qdrant server refused or did not answer: {error}") from error
        finally:
            if self._local is not None:
                self._local.release()


def _recorded(name: str, config: models.CollectionConfig) -> _Collection:
    vectors = config.params.vectors
    recorded: Mapping[str, object] = config.metadata or {}
    length, language = recorded.get("average_length"), recorded.get("language")
    analysis = recorded.get("analysis", ENGINE_ANALYSIS)
    if (
        isinstance(vectors, dict)
        and isinstance(length, int | float)
        and isinstance(language, str)
        and isinstance(analysis, int)
    ):
        encoder = encoder_of(analysis=analysis, average_length=float(length), language=language)
        return _Collection(vectors[DENSE].size, encoder)
    raise Conflict(f"collection {name!r} on the Qdrant server was not made by Cairn; use another name")


def _struct(point: Point, encoder: Encoder) -> models.PointStruct:
    vectors: dict[str, list[float] | models.SparseVector] = {DENSE: point.vector.tolist()}
    terms = encoder.document(point.text) if point.text else None
    if terms is not None and len(terms.indices):
        vectors[SPARSE] = models.SparseVector(indices=list(terms.indices), values=list(terms.values))
    return models.PointStruct(id=point.id, vector=dict(vectors), payload=payload_of(point))


def _index(kind: Kind) -> models.PayloadSchemaType | models.KeywordIndexParams | models.IntegerIndexParams:
    match kind:
        case Kind.KEYWORD:
            return models.PayloadSchemaType.KEYWORD
        case Kind.TENANT:
            return models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
        case Kind.INTEGER:
            return models.IntegerIndexParams(type=models.IntegerIndexType.INTEGER, lookup=True, range=False)
        case Kind.FLOAT:
            return models.PayloadSchemaType.FLOAT
