"""What the client's local mode cannot show: it has no payload indexes and no second process."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

from kit.errors import Unavailable
from retrieval.stores.payload import INDEXED
from retrieval.stores.protocol import CollectionSpec
from retrieval.stores.qdrant_server import QdrantServerStore

SPEC = CollectionSpec("c", 4)


class IndexingClient(QdrantClient):
    """Local mode that remembers the payload indexes asked for."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.indexes: dict[str, models.PayloadIndexInfo] = {}

    def create_payload_index(self, collection_name: str, field_name: str, **_: object) -> models.UpdateResult:  # type: ignore[override]  # as the store calls it
        self.indexes[field_name] = models.PayloadIndexInfo(data_type=models.PayloadSchemaType.KEYWORD, points=0)
        return models.UpdateResult(operation_id=0, status=models.UpdateStatus.COMPLETED)

    def get_collection(self, collection_name: str, **_: object) -> models.CollectionInfo:
        return super().get_collection(collection_name).model_copy(update={"payload_schema": self.indexes})


class OvertakenClient(IndexingClient):
    """Another process makes the collection between the question and the making, or the server is broken."""

    def __init__(self, *, overtaken: bool) -> None:
        super().__init__()
        self.overtaken = overtaken

    def create_collection(self, collection_name: str, **how: object) -> bool:  # type: ignore[override]  # as the store calls it
        if self.overtaken:
            super().create_collection(collection_name, **how)  # type: ignore[arg-type]  # passed through
        raise UnexpectedResponse(409, "Conflict", b"already exists", httpx.Headers())


@pytest.fixture
def client() -> Iterator[IndexingClient]:
    made = IndexingClient()
    yield made
    made.close()


class TestEnsure:
    def test_reports_a_server_that_refuses_to_make_it(self) -> None:
        store = QdrantServerStore(OvertakenClient(overtaken=False))
        with pytest.raises(Unavailable, match="refused"):
            store.ensure(SPEC)
        store.close()

    def test_makes_every_index(self, client: IndexingClient) -> None:
        QdrantServerStore(client).ensure(SPEC)
        assert set(client.indexes) == {field.value for field in INDEXED}

    def test_adds_the_indexes_that_an_interrupted_one_did_not_make(self, client: IndexingClient) -> None:
        QdrantServerStore(client).ensure(SPEC)
        del client.indexes["version"]
        QdrantServerStore(client).ensure(SPEC)
        assert "version" in client.indexes

    def test_that_another_process_overtakes_uses_what_that_one_made(self) -> None:
        store = QdrantServerStore(OvertakenClient(overtaken=True))
        store.ensure(SPEC)
        assert store.collections() == ["c"]
        store.close()
