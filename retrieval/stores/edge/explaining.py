"""Why chunks score as they do: what each term adds, and how many chunks each leg puts before them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import qdrant_edge as edge

from retrieval.stores.bm25 import Encoder
from retrieval.stores.edge.conditions import any_of, translate
from retrieval.stores.edge.messages import (
    Explain,
    ExplainedWire,
    Search,
    Vectors,
    Windows,
    WireExplanation,
    WireFilter,
    WireTerm,
)
from retrieval.stores.edge.search import Leg, Searcher, by_chunk
from retrieval.stores.edge.shard import DENSE, SPARSE
from retrieval.stores.edge.statistics import TermStatistics
from retrieval.stores.payload import Field, scope_keys, whole

_WINDOWS = 64  # of one chunk: a chunk has at most 2,048 tokens, a window at least some 40
_FIRST_LOOK = 1000


class Explainer:
    """Runs between two writes, as the searcher does."""

    def __init__(
        self, *, shard: edge.EdgeShard, searcher: Searcher, statistics: TermStatistics, encoder: Encoder
    ) -> None:
        self._shard = shard
        self._searcher = searcher
        self._statistics = statistics
        self._encoder = encoder

    def explained(self, order: Explain) -> ExplainedWire:
        search = order.search
        scopes = scope_keys(search.where.tenant_id, search.where.dataset_ids)
        named = self._encoder.named(search.text) if search.text else {}
        idfs = self._statistics.in_scope(scopes, list(named)) if named else {}
        legs = {leg.name: leg for leg in self._searcher.legs(search, scopes, list(named))} if order.ranks else {}
        return ExplainedWire(
            terms=[WireTerm(index, word, idfs[index]) for index, word in named.items()],
            chunks=[
                WireExplanation(
                    chunk_id,
                    {index: idfs[index] * weight for index, weight in stored.items() if index in idfs},
                    self._rank(legs.get(DENSE), search, chunk_id),
                    self._rank(legs.get(SPARSE), search, chunk_id),
                )
                for chunk_id, stored in self._stored(search.where, order.chunks).items()
            ],
        )

    def vectors(self, order: Vectors) -> dict[str, list[bytes]]:
        return {
            chunk_id: [np.asarray(vector, dtype="<f4").tobytes() for vector in vectors]
            for chunk_id, windows in self._windows(order.where, order.chunks, DENSE).items()
            if (vectors := whole(windows))
        }

    def windows(self, order: Windows) -> dict[str, list[bytes]]:
        found: dict[str, dict[int, bytes]] = {}
        for point in self._points(edge.Filter(must=[any_of(Field.CHUNK, order.chunks)]), order.chunks, DENSE):
            payload, vector = point.payload or {}, point.vector
            if isinstance(vector, dict):
                of_chunk = found.setdefault(payload[Field.CHUNK.value], {})
                of_chunk[payload[Field.WINDOW.value]] = np.asarray(vector[DENSE], dtype="<f4").tobytes()
        return {chunk: [windows[number] for number in sorted(windows)] for chunk, windows in found.items()}

    def _stored(self, where: WireFilter, chunks: Sequence[str]) -> Mapping[str, Mapping[int, float]]:
        """Each chunk's term weights."""
        return {
            chunk_id: dict(zip(vector.indices, vector.values, strict=True))
            if isinstance(vector, edge.SparseVector)
            else {}
            for chunk_id, windows in self._windows(where, chunks, SPARSE).items()
            for vector in [windows.get(0)]
            if 0 in windows
        }

    def _windows(self, where: WireFilter, chunks: Sequence[str], name: str) -> Mapping[str, Mapping[int, object]]:
        """Each chunk's vectors of that name, by window."""
        if not chunks:
            return {}
        windows: defaultdict[str, dict[int, object]] = defaultdict(dict)
        for point in self._points(translate(where, chunks=chunks), chunks, name):
            payload = point.payload or {}
            vector = point.vector.get(name) if isinstance(point.vector, dict) else None
            windows[payload[Field.CHUNK.value]][payload[Field.WINDOW.value]] = vector
        return windows

    def _points(self, where: edge.Filter, chunks: Sequence[str], name: str) -> Sequence[edge.Record]:
        """All windows of the chunks."""
        found, _ = self._shard.scroll(
            edge.ScrollRequest(
                limit=_WINDOWS * len(chunks),
                filter=where,
                with_payload=[Field.CHUNK.value, Field.WINDOW.value],
                with_vector=[name],
            )
        )
        return found

    def _rank(self, leg: Leg | None, search: Search, chunk_id: str) -> int | None:
        """1 plus the number of chunks that score more; None where the leg does not find the chunk."""
        if leg is None:
            return None
        own = by_chunk(self._searcher.query(leg, translate(search.where, chunks=[chunk_id]), _WINDOWS))
        if chunk_id not in own:
            return None
        score = own[chunk_id][1]
        limit, where = _FIRST_LOOK, translate(search.where)
        while len(hits := self._searcher.query(leg, where, limit, above=score)) == limit:
            limit *= 10
        # Not itself: scored beside others, its own score may differ in the last bit.
        return 1 + sum(1 for other, (_, better) in by_chunk(hits).items() if other != chunk_id and better > score)
