"""The seam between Cairn and a vector engine. One contract suite runs against every implementation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from retrieval.stores.bm25 import DEFAULT_LANGUAGE, OWN_ANALYSIS
from retrieval.types import Candidates, Explanation, Filter, Point, Vector


@dataclass(frozen=True, slots=True)
class CollectionSpec:
    """What a collection is made for; a second `ensure` with another vector size is refused.

    `average_length` is the mean number of terms of a chunk that BM25 normalises by. `language` is the one whose stems
    and stop words count where a text does not tell its own ("english", "german", …; "none": neither stems nor stop
    words). `analysis` is the version of what finds a text's terms. All are fixed when the collection is made.
    """

    name: str
    vector_size: int
    average_length: float = 120.0
    language: str = DEFAULT_LANGUAGE
    analysis: int = OWN_ANALYSIS


@dataclass(frozen=True, slots=True)
class FileCount:
    """Points of one generation of one file, as the engine holds them."""

    file_id: str
    generation: int
    points: int


class VectorStore(Protocol):
    """Writes are durable when the call returns. Every method is safe to repeat and safe from several threads."""

    def ensure(self, spec: CollectionSpec) -> None: ...

    def upsert(self, collection: str, points: Sequence[Point]) -> None: ...

    def activate(self, collection: str, file_id: str, generation: int, *, enabled: bool) -> None:
        """Make exactly this generation of the file live; other generations of the file leave every search."""

    def set_enabled(self, collection: str, file_id: str, *, enabled: bool) -> None: ...

    def delete_points(self, collection: str, file_id: str, ids: Sequence[str]) -> None:
        """Remove those of the file's points; ids that no point has are passed over."""

    def delete_generation(self, collection: str, file_id: str, generation: int) -> int:
        """Remove the generation's points and return how many there were."""

    def delete_file(self, collection: str, file_id: str) -> int: ...

    def delete_dataset(self, collection: str, dataset_id: str) -> int: ...

    def candidates(
        self, collection: str, *, vector: Vector | None, text: str | None, where: Filter, pool: int
    ) -> Candidates:
        """The `pool` best chunks of each leg asked for (vector, text or both), scored on both legs given.

        Only points that are live and enabled take part, whatever `where` says.
        """

    def explain(
        self,
        collection: str,
        *,
        vector: Vector | None,
        text: str | None,
        where: Filter,
        chunk_ids: Sequence[str],
        ranks: bool = False,
    ) -> Explanation:
        """Why these chunks score as they do, within what `candidates` would look at. `ranks` costs a look at all that
        scores more."""

    def vectors(self, collection: str, *, where: Filter, chunk_ids: Sequence[str]) -> Mapping[str, Sequence[Vector]]:
        """The vectors of all windows, in their order, of each chunk that the filter admits, by chunk id."""

    def windows(self, collection: str, chunk_ids: Sequence[str]) -> Mapping[str, Sequence[Vector]]:
        """The vectors of all windows of each chunk in their order, live or not; chunks without points are absent."""

    def count_by_file(self, collection: str) -> Iterable[FileCount]:
        """Every (file, generation) that has points, for the doctor."""

    def collections(self) -> Sequence[str]: ...

    def close(self) -> None: ...
