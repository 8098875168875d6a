"""What searching needs from the layer that owns datasets and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from identity.types import Principal
from retrieval.search.types import Passage


@dataclass(frozen=True, slots=True)
class SearchTarget:
    """Datasets of one collection that the caller may search."""

    collection: str
    embedding_model: str
    dataset_ids: Sequence[str]


class DatasetDirectory(Protocol):
    def targets(self, principal: Principal, dataset_ids: Sequence[str]) -> Sequence[SearchTarget]:
        """Where to search; NotFound names the first id that is not there for this principal."""


class PassageReader(Protocol):
    def passages(
        self, principal: Principal, dataset_ids: Sequence[str], chunk_ids: Sequence[str]
    ) -> Mapping[str, Passage]:
        """Passages that may be shown now, by chunk id. Deleted or disabled ones are absent, whatever the engine has."""
