"""Why chunks on a Qdrant server score as they do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from qdrant_client import QdrantClient, models

from retrieval.stores.payload import Field, whole
from retrieval.stores.qdrant_search import DENSE, SPARSE, Leg, ServerSearch, any_of, by_chunk
from retrieval.types import ChunkExplanation, Explanation, QueryTerm, Vector

_WINDOWS = 64  # of one chunk
_FIRST_LOOK = 1000


class ServerExplainer:
    """Of one request, within its filter."""

    def __init__(self, search: ServerSearch) -> None:
        self._search = search

    def explained(
        self, *, vector: Vector | None, named: Mapping[int, str], chunk_ids: Sequence[str], ranks: bool
    ) -> Explanation:
        idfs = dict(zip(named, self._search.idfs(list(named)), strict=True)) if named else {}
        legs = {leg.name: leg for leg in self._search.legs(vector, list(named))} if ranks else {}
        return Explanation(
            terms=[QueryTerm(word, idfs[index]) for index, word in named.items()],
            chunks={
                chunk_id: ChunkExplanation(
                    chunk_id,
                    {named[index]: idfs[index] * weight for index, weight in stored.items() if index in idfs},
                    self._rank(legs.get(DENSE), chunk_id),
                    self._rank(legs.get(SPARSE), chunk_id),
                )
                for chunk_id, stored in self._stored(chunk_ids).items()
            },
        )

    def vectors(self, chunk_ids: Sequence[str]) -> Mapping[str, Sequence[Vector]]:
        return {
            chunk_id: [np.asarray(vector, dtype=np.float32) for vector in vectors]
            for chunk_id, windows in self._windows(chunk_ids, DENSE).items()
            if (vectors := whole(windows))
        }

    def _stored(self, chunk_ids: Sequence[str]) -> Mapping[str, Mapping[int, float]]:
        return {
            chunk_id: dict(zip(vector.indices, vector.values, strict=True))
            if isinstance(vector, models.SparseVector)
            else {}
            for chunk_id, windows in self._windows(chunk_ids, SPARSE).items()
            for vector in [windows.get(0)]
            if 0 in windows
        }

    def _windows(self, chunk_ids: Sequence[str], name: str) -> Mapping[str, Mapping[int, object]]:
        """Each chunk's vectors of that name, by window."""
        if not chunk_ids:
            return {}
        found, _ = self._search.client.scroll(
            self._search.collection,
            scroll_filter=models.Filter(must=[*self._search.where, any_of(Field.CHUNK, chunk_ids)]),
            limit=_WINDOWS * len(chunk_ids),
            with_payload=[Field.CHUNK.value, Field.WINDOW.value],
            with_vectors=[name],
        )
        windows: defaultdict[str, dict[int, object]] = defaultdict(dict)
        for point in found:
            payload = point.payload or {}
            vector = point.vector.get(name) if isinstance(point.vector, dict) else None
            windows[payload[Field.CHUNK.value]][payload[Field.WINDOW.value]] = vector
        return windows

    def _rank(self, leg: Leg | None, chunk_id: str) -> int | None:
        """1 plus the number of chunks that score more; None where the leg does not find the chunk."""
        if leg is None:
            return None
        only = models.Filter(must=[*self._search.where, any_of(Field.CHUNK, [chunk_id])])
        own = by_chunk(self._search.query(leg, only, _WINDOWS))
        if chunk_id not in own:
            return None
        score = own[chunk_id][1]
        limit, where = _FIRST_LOOK, models.Filter(must=[*self._search.where])
        while len(hits := self._search.query(leg, where, limit, above=score)) == limit:
            limit *= 10
        # Not itself: scored beside others, its own score may differ in the last bit.
        return 1 + sum(1 for other, (_, better) in by_chunk(hits).items() if other != chunk_id and better > score)


def all_windows(client: QdrantClient, collection: str, chunk_ids: Sequence[str]) -> Mapping[str, Sequence[Vector]]:
    """Of each chunk, in order, whether they may be searched or not."""
    if not chunk_ids:
        return {}
    found: dict[str, dict[int, Vector]] = {}
    points, _ = client.scroll(
        collection,
        scroll_filter=models.Filter(must=[any_of(Field.CHUNK, chunk_ids)]),
        limit=_WINDOWS * len(chunk_ids),
        with_payload=[Field.CHUNK.value, Field.WINDOW.value],
        with_vectors=[DENSE],
    )
    for point in points:
        payload, vector = point.payload or {}, point.vector
        if isinstance(vector, dict):
            of_chunk = found.setdefault(payload[Field.CHUNK.value], {})
            of_chunk[payload[Field.WINDOW.value]] = np.asarray(vector[DENSE], dtype=np.float32)
    return {chunk: [windows[number] for number in sorted(windows)] for chunk, windows in found.items()}
