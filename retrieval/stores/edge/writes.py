"""Changes to a shard. Each is safe to repeat and short enough for a search to wait for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import qdrant_edge as edge

from retrieval.stores.edge.conditions import equals, selected
from retrieval.stores.edge.messages import (
    Activate,
    Delete,
    Deleted,
    Export,
    Exported,
    Selection,
    SetEnabled,
    StoredPoint,
    WirePoint,
)
from retrieval.stores.edge.shard import DENSE, SPARSE
from retrieval.stores.payload import Field, Payload, scope_key, version_key


class Writer:
    """Writes to one shard."""

    def __init__(self, *, shard: edge.EdgeShard) -> None:
        self._shard = shard

    def upsert(self, points: Sequence[WirePoint]) -> set[str]:
        """Returns the scopes that points are now in."""
        self._shard.update(edge.UpdateOperation.upsert_points([_encoded(point) for point in points]))
        return {scope for point in points for scope in _scopes(point.payload)}

    def activate(self, order: Activate) -> list[str]:
        """The new generation comes first: killed in between, the file is still found, and the repeat ends it.

        Returns the file's scopes, as does `set_enabled`.
        """
        scopes = self._scope(Selection(Field.FILE, order.file_id))
        version = Selection(Field.VERSION, version_key(order.file_id, order.generation))
        shown = scopes if order.enabled else []
        state: Payload = {Field.LIVE: 1, Field.ENABLED: int(order.enabled), Field.SCOPE: shown}
        self._set(selected(version), state)
        others = edge.Filter(must=[equals(Field.FILE, order.file_id)], must_not=[equals(Field.VERSION, version.value)])
        self._set(others, {Field.LIVE: 0, Field.SCOPE: []})
        return scopes

    def set_enabled(self, order: SetEnabled) -> list[str]:
        file = Selection(Field.FILE, order.file_id)
        scopes = self._scope(file)
        live = edge.Filter(must=[equals(Field.FILE, order.file_id), equals(Field.LIVE, 1)])
        self._set(selected(file), {Field.ENABLED: int(order.enabled)})
        self._set(live, {Field.SCOPE: scopes if order.enabled else []})
        return scopes

    def delete(self, order: Delete) -> Deleted:
        found, offset = self._shard.scroll(
            edge.ScrollRequest(limit=order.limit, filter=selected(order.selection), with_payload=False)
        )
        if found:
            self._shard.update(edge.UpdateOperation.delete_points([point.id for point in found]))
        return Deleted(points=len(found), more=offset is not None)

    def delete_points(self, ids: Sequence[str]) -> None:
        self._shard.update(edge.UpdateOperation.delete_points(list(ids)))

    def export(self, order: Export) -> Exported:
        found, offset = self._shard.scroll(
            edge.ScrollRequest(
                offset=order.offset,
                limit=order.limit,
                filter=selected(order.selection),
                with_payload=True,
                with_vector=True,
            )
        )
        return Exported(points=[_stored(point) for point in found], offset=None if offset is None else str(offset))

    def take(self, points: Sequence[StoredPoint]) -> None:
        """Points as another shard exported them."""
        self._shard.update(edge.UpdateOperation.upsert_points([_encoded(point) for point in points]))

    def _set(self, where: edge.Filter, payload: Payload) -> None:
        plain = {str(name): value for name, value in payload.items()}
        self._shard.update(edge.UpdateOperation.set_payload_by_filter(where, plain))

    def _scope(self, selection: Selection) -> list[str]:
        """A file lies in one dataset, so any of its points tells the scope of all."""
        found, _ = self._shard.scroll(edge.ScrollRequest(limit=1, filter=selected(selection), with_payload=True))
        return [scope_key(p[Field.TENANT.value], p[Field.DATASET.value]) for point in found if (p := point.payload)]


def _scopes(payload: Payload) -> list[str]:
    scopes = payload[Field.SCOPE.value]
    return scopes if isinstance(scopes, list) else []


def _stored(point: edge.Record) -> StoredPoint:
    vectors = point.vector if isinstance(point.vector, dict) else {}
    terms = vectors.get(SPARSE)
    sparse = terms if isinstance(terms, edge.SparseVector) else edge.SparseVector([], [])
    return StoredPoint(
        id=str(point.id),
        vector=np.asarray(vectors[DENSE], dtype="<f4").tobytes(),
        indices=sparse.indices,
        values=sparse.values,
        payload=point.payload or {},
    )


def _encoded(point: WirePoint | StoredPoint) -> edge.Point:
    vectors: dict[str, edge.NamedVector] = {DENSE: np.frombuffer(point.vector, dtype="<f4").tolist()}
    if point.indices:
        vectors[SPARSE] = edge.SparseVector(point.indices, point.values)
    return edge.Point(id=point.id, vector=vectors, payload=point.payload)
