"""What searching needs from the layer that owns datasets and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from identity.types import Principal
from retrieval.search.calibration import Calibration
from retrieval.search.fusion import UNTUNED, DatasetTuning
from retrieval.search.types import Box, Passage, Section


@dataclass(frozen=True, slots=True)
class SearchTarget:
    """Datasets of one collection, searched the same way, that the caller may search. `calibrations` by dataset, of
    those that have one."""

    collection: str
    embedding_model: str
    dataset_ids: Sequence[str]
    tuning: DatasetTuning = UNTUNED
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)


class DatasetDirectory(Protocol):
    def targets(self, principal: Principal, dataset_ids: Sequence[str]) -> Sequence[SearchTarget]:
        """Where to search; NotFound names the first id that is not there for this principal."""


class PassageReader(Protocol):
    def passages(
        self, principal: Principal, dataset_ids: Sequence[str], chunk_ids: Sequence[str]
    ) -> Mapping[str, Passage]:
        """Passages that may be shown now, by chunk id. Deleted or disabled ones are absent, whatever the engine has."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chunk stands in its file."""

    file_id: str
    generation: int
    position: int
    boxes: Sequence[Box]


class Surroundings(Protocol):
    """Of passages that may be shown now; others are absent."""

    def places(
        self, principal: Principal, dataset_ids: Sequence[str], chunk_ids: Sequence[str]
    ) -> Mapping[str, Place]: ...

    def section(self, principal: Principal, dataset_ids: Sequence[str], chunk_id: str) -> Section | None: ...
