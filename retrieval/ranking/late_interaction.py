"""Reranking without a cross-encoder, by the sentence encoder's own token vectors.

Each token of the question weighs as much as it is rare: half by its IDF among the passages, half by its place in the
model's vocabulary, so that neither needs a corpus at hand. What a passage holds of them is `evidence`. The scores are
to be blended with the first stage's; alone they rank worse (bench/quality_table.py, docs/adr/0057-second-look.md).
"""

from __future__ import annotations

import math
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding.protocol import Passage, TokenState, TokenStates
from retrieval.ranking.evidence import Asked, evidence

GROUP = 4  # passages between two looks at the clock: some .06 s of full windows

Idf = Callable[[str], float] | Mapping[str, float]

# What questions are made of in English. Word pieces of an uncased vocabulary, where contractions fall apart: don ' t.
_STOP_WORDS = """
a about an and any are as at be been being but by can could did do does doing for from had has have having he her his
how i if in into is it its me my no nor not of on or our she should so some such than that the their them then there
these they this those to was we were what when where which while who whom why will with would you your s t d ll m re ve
"""
STOP_PIECES = frozenset(_STOP_WORDS.split())


class LateInteraction:
    """`clock` counts seconds."""

    def __init__(self, states: TokenStates, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._states = states
        self._clock = clock

    @property
    def name(self) -> str:
        return "late interaction over the embedding model's own token vectors"

    def score(
        self, query: str, passages: Sequence[Passage], idf: Idf | None = None, *, seconds: float = math.inf
    ) -> list[float]:
        """Scores in [0, 1] of the first passages, in the order given: as many as fit into `seconds`.

        A shorter list than `passages` means that time was up; what is missing keeps its first-stage score.
        `idf` is by word piece; without it the passages themselves are counted.
        """
        started = self._clock()
        asked = self._states.query_states(query)
        kept = meaningful(asked.pieces)
        found: list[TokenState] = []
        longest = 0.0
        while kept and len(found) < len(passages):
            before = self._clock()
            if before - started + longest > seconds:
                break
            found.extend(self._states.passage_states(passages[len(found) : len(found) + GROUP]))
            longest = max(longest, self._clock() - before)
        if not kept:
            return [0.0] * len(passages)
        return self._scores(asked, kept, found, idf)

    def _scores(
        self, asked: TokenState, kept: Sequence[int], found: Sequence[TokenState], idf: Idf | None
    ) -> list[float]:
        pieces = tuple(asked.pieces[index] for index in kept)
        if idf is None:
            here, anywhere = _shares(_weights(pieces, _idf_of(found))), _shares(asked.rarity[list(kept)])
            weights = _shares(here + anywhere)
        else:
            weights = _shares(_weights(pieces, idf))
        counted = Asked(pieces, asked.vectors[list(kept)], weights)
        return [evidence(counted, state) for state in found]


def meaningful(pieces: Sequence[str]) -> list[int]:
    """Positions of the tokens that are neither stop words nor punctuation; every word where nothing else is left."""
    words = [index for index, piece in enumerate(pieces) if not _is_punctuation(piece)]
    return [index for index in words if pieces[index] not in STOP_PIECES] or words


def _is_punctuation(piece: str) -> bool:
    return all(unicodedata.category(character)[0] in "PSZC" for character in piece.removeprefix("##"))


def _weights(pieces: Sequence[str], idf: Idf) -> NDArray[np.float32]:
    """At least a trace of weight each, so that a query of everywhere-terms still has a score."""
    values = [idf(piece) if callable(idf) else idf.get(piece, max(idf.values(), default=1.0)) for piece in pieces]
    return np.maximum(np.array(values, dtype=np.float32), 1e-3)


def _shares(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def _idf_of(states: Sequence[TokenState]) -> Idf:
    """BM25's: ln(1 + (N - n + .5) / (n + .5)), never negative."""
    seen = Counter(piece for state in states for piece in set(state.pieces))
    total = len(states)
    return lambda piece: math.log(1 + (total - seen[piece] + 0.5) / (seen[piece] + 0.5))
