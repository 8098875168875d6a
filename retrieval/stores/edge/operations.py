"""From a frame to the shard and back."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

import msgspec
import qdrant_edge as edge

from kit.errors import Invalid
from retrieval.stores.edge.explaining import Explainer
from retrieval.stores.edge.messages import (
    Activate,
    CountVersions,
    Delete,
    DeletePoints,
    Ensure,
    Explain,
    Export,
    Flush,
    Import,
    Measure,
    Measured,
    Operation,
    Search,
    SetEnabled,
    Upsert,
    Vectors,
    Windows,
)
from retrieval.stores.edge.optimising import Optimising
from retrieval.stores.edge.search import Searcher
from retrieval.stores.edge.shard import ShardLayout, open_shard, optimised
from retrieval.stores.edge.statistics import TermStatistics
from retrieval.stores.edge.wear import Wear
from retrieval.stores.edge.writes import Writer
from retrieval.stores.encoders import encoder_of
from retrieval.stores.payload import Field

# Replaying the log takes about 60 µs a point: this bounds reopening after a kill to about two seconds. A flush takes
# 30 to 300 ms, in which searches wait; the engine process asks for one when nothing is written.
FLUSH_AFTER = 32_768
_EVERY = 1_000_000_000

_Change: TypeAlias = Upsert | Import | Activate | SetEnabled | Delete | DeletePoints
_Question: TypeAlias = Search | Explain | Vectors | Windows | CountVersions | Export | Measure


class Operations:
    """A shard and all that can be asked of it."""

    def __init__(self, *, layout: ShardLayout, spec: Ensure, create: bool = False) -> None:
        self._layout = layout
        self._name = spec.name
        self._encoder = encoder_of(analysis=spec.analysis, average_length=spec.average_length, language=spec.language)
        self._decoder = msgspec.msgpack.Decoder(Operation)
        self._unflushed = 0
        self._wear = Wear.read(layout.folder)
        self._use(open_shard(layout, create=create))

    def optimise(self, way: Optimising) -> None:
        self._use(optimised(self._shard, self._layout, way))
        self._searcher.warm(self._layout.vector_size)
        self._wear = Wear(graphed=0 if way is Optimising.VACUUM else self._shard.info().points_count)
        self._wear.write(self._layout.folder)

    def run(self, frame: bytes) -> bytes:
        operation = self._decoder.decode(frame)
        match operation:
            case Upsert() | Import() | Activate() | SetEnabled() | Delete() | DeletePoints():
                return self._change(operation)
            case Flush():
                self.flush()
                return b""
            case _:
                return msgspec.msgpack.encode(self._answer(operation))

    def _answer(self, operation: _Question) -> object:
        match operation:
            case Search():
                self._check_size(operation.vector)
                return self._searcher.candidates(operation)
            case Explain():
                self._check_size(operation.search.vector)
                return self._explainer.explained(operation)
            case Vectors() | Windows():
                return self._vectors(operation)
            case CountVersions():
                return self._versions()
            case Export():
                return self._writer.export(operation)
            case Measure():
                return self._measured()

    def _vectors(self, operation: Vectors | Windows) -> object:
        if isinstance(operation, Windows):
            return self._explainer.windows(operation)
        return self._explainer.vectors(operation)

    def flush(self) -> None:
        if self._unflushed:
            self._shard.flush()
            self._wear.write(self._layout.folder)
            self._unflushed = 0

    def close(self) -> None:
        self.flush()
        self._shard.close()

    def _use(self, shard: edge.EdgeShard) -> None:
        self._shard = shard
        self._statistics = TermStatistics(shard)
        self._searcher = Searcher(shard=shard, statistics=self._statistics, encoder=self._encoder)
        self._explainer = Explainer(
            shard=shard, searcher=self._searcher, statistics=self._statistics, encoder=self._encoder
        )
        self._writer = Writer(shard=shard)

    def _change(self, operation: _Change) -> bytes:
        touched: Collection[str] | None = None
        try:
            answer, touched = self._apply(operation)
        finally:
            self._statistics.written(touched)
        self._unflushed += len(operation.points) if isinstance(operation, Upsert | Import) else 1
        if self._unflushed >= FLUSH_AFTER:
            self.flush()
        return answer

    def _apply(self, operation: _Change) -> tuple[bytes, Collection[str] | None]:
        """The answer and the scopes whose searchable points changed; None if that may be any."""
        match operation:
            case Upsert(points):
                for point in points:
                    self._check_size(point.vector)
                return b"", self._writer.upsert(points)
            case Activate():
                return b"", self._writer.activate(operation)
            case SetEnabled():
                return b"", self._writer.set_enabled(operation)
            case Import(points):
                self._writer.take(points)
                return b"", None
            case Delete():
                deleted = self._writer.delete(operation)
                self._wear.dead += deleted.points
                return msgspec.msgpack.encode(deleted), None
            case DeletePoints(ids):
                self._writer.delete_points(ids)
                self._wear.dead += len(ids)
                return b"", None

    def _check_size(self, vector: bytes | None) -> None:
        if vector is not None and len(vector) != 4 * self._layout.vector_size:
            raise Invalid(
                f"a vector of size {len(vector) // 4} was given; "
                f"collection {self._name!r} holds size {self._layout.vector_size}"
            )

    def _versions(self) -> dict[str, int]:
        counted = self._shard.facet(edge.FacetRequest(key=Field.VERSION.value, limit=_EVERY, exact=True))
        return {str(hit.value): hit.count for hit in counted.hits if hit.count}

    def _measured(self) -> Measured:
        points = self._shard.info().points_count
        return Measured(points=points, graphed=self._wear.graphed, dead=self._wear.dead)
