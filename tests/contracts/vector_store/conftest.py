from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from retrieval.stores.edge.store import EdgeStore
from retrieval.stores.protocol import CollectionSpec, VectorStore
from retrieval.stores.qdrant_server import QdrantServerStore
from tests.contracts.vector_store.library import SIZE, Library

SPEC = CollectionSpec("contract", SIZE, average_length=8.0)


@pytest.fixture(scope="session", params=["edge", "server"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorStore]:
    made: VectorStore
    if request.param == "edge":
        made = EdgeStore(tmp_path_factory.mktemp("vectors"), linger=0.2)
    else:
        made = QdrantServerStore(QdrantClient(":memory:"), remote=False)
    made.ensure(SPEC)
    yield made
    made.close()


@pytest.fixture
def library(store: VectorStore) -> Library:
    return Library(store, SPEC.name)


@pytest.fixture
def stranger(store: VectorStore) -> Library:
    """Another tenant in the same collection."""
    return Library(store, SPEC.name)


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeStore]:
    """An Edge store alone, to be killed."""
    store = EdgeStore(tmp_path, linger=0.2)
    store.ensure(SPEC)
    yield store
    store.close()
