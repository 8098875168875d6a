"""How well the tokens of a passage answer those of a question: all over, in one place, and word by word.

The first is MaxSim (Khattab and Zaharia 2020, ColBERT): a question's token counts as much as the passage's token that
is most like it. The second is the same within the best stretch of some sentences: where a long passage answers, it
does so in one place. The third counts the tokens that stand near each other as they are, since vectors blur names and
numbers (term proximity: Tao and Zhai 2007). Each lies in [0, 1], and so does their mixture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding.protocol import TokenState

WHOLE, STRETCH, NEAR = 0.4, 0.4, 0.2
"""Shares of the three: both of MaxSim's count alike, and exact words half as much (docs/adr/0057-second-look.md)."""

STEP = 16  # tokens between the beginnings of two stretches
STRETCH_STEPS = 4  # a stretch of 64 tokens is two to three sentences
NEAR_TOKENS = 20  # about a sentence

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """What counts of a question: `vectors` (tokens, hidden) of unit length, `pieces` and `weights`, which sum to 1."""

    pieces: tuple[str, ...]
    vectors: Floats
    weights: Floats


def evidence(asked: Asked, passage: TokenState) -> float:
    """In [0, 1]; 0 for a passage without tokens."""
    if not len(passage.vectors):
        return 0.0
    alike = np.maximum(asked.vectors @ passage.vectors.T, 0.0)
    mixed = WHOLE * whole(alike, asked.weights) + STRETCH * best_stretch(alike, asked.weights)
    return min(1.0, mixed + NEAR * near(asked, passage))


def whole(alike: Floats, weights: Floats) -> float:
    """`alike` (question's tokens, passage's tokens): their cosines, none below 0."""
    return float(alike.max(axis=1) @ weights)


def best_stretch(alike: Floats, weights: Floats) -> float:
    steps = np.maximum.reduceat(alike, np.arange(0, alike.shape[1], STEP), axis=1)
    if steps.shape[1] <= STRETCH_STEPS:
        return float(steps.max(axis=1) @ weights)
    stretches = np.lib.stride_tricks.sliding_window_view(steps, STRETCH_STEPS, axis=1).max(axis=-1)
    return float((weights @ stretches).max())


def near(asked: Asked, passage: TokenState) -> float:
    """The weight of the question's tokens that some 20 tokens of the passage hold as they are."""
    places = {piece: number for number, piece in enumerate(dict.fromkeys(asked.pieces))}
    weights = np.zeros(len(places))
    for piece, weight in zip(asked.pieces, asked.weights, strict=True):
        weights[places[piece]] += weight
    here = [(index, places[piece]) for index, piece in enumerate(passage.pieces) if piece in places]
    best, held, first = 0.0, np.zeros(len(places), dtype=np.int64), 0
    for index, place in here:
        held[place] += 1
        while index - here[first][0] >= NEAR_TOKENS:
            held[here[first][1]] -= 1
            first += 1
        best = max(best, float(weights[held > 0].sum()))
    return best
