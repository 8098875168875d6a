"""One collection's part of a search: what was asked of it and what it found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.search.fusion import FusionKind
from retrieval.search.limits import DEFAULT_ALPHA
from retrieval.search.ports import SearchTarget
from retrieval.search.scoring import Fusion
from retrieval.search.types import SearchRequest
from retrieval.types import Candidates, Filter, Ranked, Vector


@dataclass(frozen=True, slots=True)
class Look:
    """`vector` is the question's, as the target's model makes it; None where the vector leg has no weight."""

    target: SearchTarget
    where: Filter
    fusion: Fusion
    candidates: Candidates
    vector: Vector | None

    def ranked(self) -> Iterator[Ranked]:
        return self.fusion.rank(self.candidates)


def fusion_for(request: SearchRequest, target: SearchTarget) -> Fusion:
    """The request's, else the dataset's, else the installation's."""
    tuning = target.tuning
    alpha = request.alpha if request.alpha is not None else tuning.alpha
    kind = request.fusion or tuning.fusion or FusionKind.WEIGHTED
    return Fusion(DEFAULT_ALPHA if alpha is None else alpha, kind)


def dataset_ids_of(targets: Sequence[SearchTarget]) -> list[str]:
    return [dataset_id for target in targets for dataset_id in target.dataset_ids]
