"""A vector store whose calls a test can follow, refuse, or have something happen round."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qdrant_client import QdrantClient

from kit.errors import Unavailable
from retrieval.stores.qdrant_server import QdrantServerStore
from retrieval.types import Candidates, Filter, Point, Vector


class WatchedStore(QdrantServerStore):
    """The store that the contract suite runs in the client's local mode, with nothing taken away.

    `before` and `after` hold what happens once round the next call of a method. While `is_away`, none answers.
    """

    def __init__(self) -> None:
        super().__init__(QdrantClient(":memory:"), remote=False)
        self.before: dict[str, Callable[[], object]] = {}
        self.after: dict[str, Callable[[], object]] = {}
        self.calls: list[str] = []
        self.is_away = False

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        self._begin("upsert")
        super().upsert(collection, points)
        self._end("upsert")

    def activate(self, collection: str, file_id: str, generation: int, *, enabled: bool) -> None:
        self._begin("activate")
        super().activate(collection, file_id, generation, enabled=enabled)
        self._end("activate")

    def set_enabled(self, collection: str, file_id: str, *, enabled: bool) -> None:
        self._begin("set_enabled")
        super().set_enabled(collection, file_id, enabled=enabled)
        self._end("set_enabled")

    def delete_generation(self, collection: str, file_id: str, generation: int) -> int:
        self._begin("delete_generation")
        return super().delete_generation(collection, file_id, generation)

    def delete_file(self, collection: str, file_id: str) -> int:
        self._begin("delete_file")
        return super().delete_file(collection, file_id)

    def delete_dataset(self, collection: str, dataset_id: str) -> int:
        self._begin("delete_dataset")
        return super().delete_dataset(collection, dataset_id)

    def candidates(
        self, collection: str, *, vector: Vector | None, text: str | None, where: Filter, pool: int
    ) -> Candidates:
        self._begin("candidates")
        return super().candidates(collection, vector=vector, text=text, where=where, pool=pool)

    def _begin(self, method: str) -> None:
        self.calls.append(method)
        self.before.pop(method, _nothing)()
        if self.is_away:
            raise Unavailable("the vector engine does not answer")

    def _end(self, method: str) -> None:
        self.after.pop(method, _nothing)()


def _nothing() -> None:
    return None
