"""Past a size the Edge store walks a graph, by bytes where it may; what it finds is scored by its vectors."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.stores.edge.compaction import CompactionPolicy
from retrieval.stores.edge.store import EdgeStore
from tests.contracts.vector_store.conftest import SPEC
from tests.contracts.vector_store.library import Library, cosine

MANY = 300


@pytest.mark.parametrize("quantized", [True, False])
class TestAGraph:
    def test_finds_the_nearest_and_scores_it_by_its_vector(self, tmp_path: Path, *, quantized: bool) -> None:
        store = EdgeStore(tmp_path, policy=CompactionPolicy(plain_limit=100, quantized=quantized), linger=0.2)
        store.ensure(SPEC)
        library = Library(store, SPEC.name)
        points = {point.chunk_id: point for point in library.add("a", [f"text {i}" for i in range(MANY)])}
        store.compact(SPEC.name)
        for asked in list(points.values())[::50]:
            found = library.search(near=asked.vector, pool=10).scores
            assert found[0].chunk_id == asked.chunk_id
            cosines = [cosine(asked.vector, points[one.chunk_id].vector) for one in found]
            assert [one.cosine for one in found] == pytest.approx([max(one, 0) for one in cosines], abs=1e-5)
        store.close()

    def test_has_copies_of_a_byte_a_dimension_where_that_is_wanted(self, tmp_path: Path, *, quantized: bool) -> None:
        store = EdgeStore(tmp_path, policy=CompactionPolicy(plain_limit=100, quantized=quantized), linger=0.2)
        store.ensure(SPEC)
        Library(store, SPEC.name).add("a", [f"text {i}" for i in range(MANY)])
        assert not list(tmp_path.rglob("quantized.data"))
        store.compact(SPEC.name)
        store.close()
        assert [path.stat().st_size > 0 for path in tmp_path.rglob("quantized.data")] == [True] * quantized
