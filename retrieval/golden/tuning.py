"""The settings of a dataset chosen on one half of its questions, and adopted only if they hold on the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from retrieval.evaluation.metrics import mean
from retrieval.evaluation.statistics import Comparison, Verdict, compare
from retrieval.golden.types import Configuration
from retrieval.search.fusion import FusionKind

FEWEST = 20
"""Questions in all: fewer tell nothing that would hold."""

ALPHAS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Tuned:
    """`held_out` compares the best with the present settings on the half that did not choose it."""

    best: Configuration
    chosen_on: int
    held_out: Comparison
    held: bool


def candidates() -> Sequence[Configuration]:
    """Alone, a leg has one order, however it is fused."""
    made = [Configuration(f"weighted {alpha:.1f}", alpha, FusionKind.WEIGHTED) for alpha in ALPHAS]
    fused = (FusionKind.RRF, FusionKind.DBSF)
    return made + [Configuration(f"{kind} {alpha:.1f}", alpha, kind) for kind in fused for alpha in ALPHAS[1:-1]]


def chooses(query: str) -> bool:
    """Which half a question is in: the same in every run, whatever else is in the set."""
    return sha256(query.encode()).digest()[0] % 2 == 0


def tuned(present: Mapping[str, float], found: Mapping[Configuration, Mapping[str, float]]) -> Tuned | None:
    """The measures are by question. None where either half is too small to tell anything."""
    choosing = [query for query in present if chooses(query)]
    holding = [query for query in present if not chooses(query)]
    if len(present) < FEWEST or len(choosing) < FEWEST // 3 or len(holding) < FEWEST // 3:
        return None
    best = max(found, key=lambda one: mean([found[one][query] for query in choosing]))
    held_out = compare([present[query] for query in holding], [found[best][query] for query in holding])
    return Tuned(best, len(choosing), held_out, held_out.verdict is Verdict.BETTER)
