"""What goes over the sockets: MessagePack of these structs, never pickle. Vectors are raw little-endian float32.

A client wraps an operation in an `Envelope`; the engine process reads only the envelope and hands the body on to the
collection's worker as it is.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from retrieval.conditions import Condition
from retrieval.stores.payload import Payload
from retrieval.types import LegScores

PROTOCOL = 3


class Hello(msgspec.Struct, array_like=True, tag=True, frozen=True):
    """First frame of a client; another `protocol` is refused."""

    protocol: int = PROTOCOL


class Envelope(msgspec.Struct, array_like=True, tag=True, frozen=True):
    """`files` and `datasets` are those whose points the body changes; `sync`: on disk before the answer."""

    collection: str
    body: bytes
    writes: bool = False
    files: list[str] = []
    datasets: list[str] = []
    sync: bool = False


class Ensure(msgspec.Struct, array_like=True, tag=True, frozen=True):
    name: str
    vector_size: int
    average_length: float
    language: str
    analysis: int = 1
    """Version of the keyword analysis; a specification without one is from before there was a second."""


class Describe(msgspec.Struct, array_like=True, tag=True, frozen=True):
    """Answered by the collection's Ensure."""

    collection: str


class ListCollections(msgspec.Struct, array_like=True, tag=True, frozen=True):
    pass


class Compact(msgspec.Struct, array_like=True, tag=True, frozen=True):
    collection: str


Request: TypeAlias = Hello | Envelope | Ensure | Describe | ListCollections | Compact


class Done(msgspec.Struct, array_like=True, tag=True, frozen=True):
    body: bytes = b""


class Refused(msgspec.Struct, array_like=True, tag=True, frozen=True):
    """`reason` is a CairnError code; `message` is for people."""

    reason: str
    message: str


Reply: TypeAlias = Done | Refused


class WirePoint(msgspec.Struct, array_like=True, frozen=True):
    """`indices` is empty where the point has no keyword vector."""

    id: str
    vector: bytes
    indices: list[int]
    values: list[float]
    payload: Payload


class Upsert(msgspec.Struct, array_like=True, tag=True, frozen=True):
    points: list[WirePoint]


class Activate(msgspec.Struct, array_like=True, tag=True, frozen=True):
    file_id: str
    generation: int
    enabled: bool


class SetEnabled(msgspec.Struct, array_like=True, tag=True, frozen=True):
    file_id: str
    enabled: bool


class Selection(msgspec.Struct, array_like=True, frozen=True):
    """Points whose payload field `name` is `value`."""

    name: str
    value: str


class Delete(msgspec.Struct, array_like=True, tag=True, frozen=True):
    """At most `limit` points at a time, so that a search never waits for a large deletion."""

    selection: Selection
    limit: int


class DeletePoints(msgspec.Struct, array_like=True, tag=True, frozen=True):
    ids: list[str]


class Deleted(msgspec.Struct, array_like=True, frozen=True):
    points: int
    more: bool


class WireFilter(msgspec.Struct, array_like=True, frozen=True):
    tenant_id: str
    dataset_ids: list[str]
    file_ids: list[str] | None
    sources: list[str] | None
    labels: dict[str, list[str]]
    since: float | None
    until: float | None
    not_file_ids: list[str] = []
    not_sources: list[str] = []
    not_labels: dict[str, list[str]] = {}
    condition: Condition | None = None


class Search(msgspec.Struct, array_like=True, tag=True, frozen=True):
    vector: bytes | None
    text: str | None
    where: WireFilter
    pool: int


class Found(msgspec.Struct, array_like=True, frozen=True):
    scores: list[LegScores]
    ceiling: float
    seconds: float


class Explain(msgspec.Struct, array_like=True, tag=True, frozen=True):
    """`ranks`: with each chunk's rank in each leg, found by counting what scores more."""

    search: Search
    chunks: list[str]
    ranks: bool


class WireExplanation(msgspec.Struct, array_like=True, frozen=True):
    """`terms` by index: its part of the chunk's BM25."""

    chunk_id: str
    terms: dict[int, float]
    vector_rank: int | None
    keyword_rank: int | None


class WireTerm(msgspec.Struct, array_like=True, frozen=True):
    index: int
    word: str
    idf: float


class ExplainedWire(msgspec.Struct, array_like=True, frozen=True):
    terms: list[WireTerm]
    chunks: list[WireExplanation]


class Vectors(msgspec.Struct, array_like=True, tag=True, frozen=True):
    """Answered by a dict of chunk id to its windows' vectors, in their order."""

    where: WireFilter
    chunks: list[str]


class Windows(msgspec.Struct, array_like=True, tag=True, frozen=True):
    """Answered by a dict of chunk id to the vectors of all its windows, whether they may be searched or not."""

    chunks: list[str]


class CountVersions(msgspec.Struct, array_like=True, tag=True, frozen=True):
    """Answered by a dict of version key to number of points."""


class Flush(msgspec.Struct, array_like=True, tag=True, frozen=True):
    pass


class Measure(msgspec.Struct, array_like=True, tag=True, frozen=True):
    pass


class Measured(msgspec.Struct, array_like=True, frozen=True):
    """`dead` points were removed since the shard was last compacted; `graphed` ones were put into its HNSW graph."""

    points: int
    graphed: int
    dead: int


class Export(msgspec.Struct, array_like=True, tag=True, frozen=True):
    selection: Selection
    offset: str | None
    limit: int


class StoredPoint(msgspec.Struct, array_like=True, frozen=True):
    """A point as the engine holds it; `indices` is empty where the point has no keyword vector."""

    id: str
    vector: bytes
    indices: list[int]
    values: list[float]
    payload: Payload


class Exported(msgspec.Struct, array_like=True, frozen=True):
    points: list[StoredPoint]
    offset: str | None


class Import(msgspec.Struct, array_like=True, tag=True, frozen=True):
    points: list[StoredPoint]


Operation: TypeAlias = (
    Upsert
    | Activate
    | SetEnabled
    | Delete
    | DeletePoints
    | Search
    | Explain
    | Vectors
    | Windows
    | CountVersions
    | Flush
    | Measure
    | Export
    | Import
)
