"""How a dataset is searched. Light, since the command line is described with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FusionKind(StrEnum):
    """How two legs become one order: by weighted scores, by ranks, or by where a score lies in its leg's spread."""

    WEIGHTED = "weighted"
    RRF = "rrf"
    DBSF = "dbsf"


@dataclass(frozen=True, slots=True)
class DatasetTuning:
    """How a dataset is searched where the request does not say. None: as the installation does it."""

    alpha: float | None = None
    fusion: FusionKind | None = None


UNTUNED = DatasetTuning()
