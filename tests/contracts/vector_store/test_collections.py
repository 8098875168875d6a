from __future__ import annotations

import pytest

from kit.errors import Conflict, Invalid, NotFound
from retrieval.stores.protocol import CollectionSpec, VectorStore
from retrieval.types import Filter
from tests.contracts.vector_store.conftest import SPEC
from tests.contracts.vector_store.library import SIZE, Library, vector


class TestEnsure:
    def test_another_vector_size_is_refused_with_both_sizes(self, store: VectorStore) -> None:
        with pytest.raises(Conflict, match="16, not 8"):
            store.ensure(CollectionSpec(SPEC.name, 8))

    def test_an_unknown_language_is_refused_by_name(self, store: VectorStore) -> None:
        with pytest.raises(Invalid, match="klingon"):
            store.ensure(CollectionSpec("other", SIZE, language="klingon"))

    def test_a_repeat_keeps_what_is_there(self, library: Library) -> None:
        library.add("a", ["kept"])
        library.store.ensure(SPEC)
        assert library.found("kept") == {"kept"}

    def test_the_collection_is_listed(self, store: VectorStore) -> None:
        assert SPEC.name in store.collections()


class TestAnUnknownCollection:
    def test_is_not_found_by_name(self, store: VectorStore) -> None:
        where = Filter(tenant_id="t", dataset_ids=["d"])
        with pytest.raises(NotFound, match="nowhere"):
            store.candidates("nowhere", vector=vector(1), text=None, where=where, pool=5)
