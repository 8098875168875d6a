from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from retrieval.embedding.protocol import TokenState
from retrieval.ranking.evidence import (
    NEAR,
    NEAR_TOKENS,
    STEP,
    STRETCH,
    STRETCH_STEPS,
    WHOLE,
    Asked,
    best_stretch,
    evidence,
    near,
    whole,
)

LONG = STEP * STRETCH_STEPS


def alike(*rows: Sequence[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array(rows, dtype=np.float32)


def weights(*values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array(values, dtype=np.float32)


def asked(*pieces: str, each: Sequence[float] = ()) -> Asked:
    shares = weights(*each) if each else weights(*[1 / len(pieces)] * len(pieces))
    return Asked(pieces, np.eye(len(pieces), dtype=np.float32), shares)


def text(*pieces: str) -> TokenState:
    ones = np.ones(len(pieces), dtype=np.float32)
    return TokenState(pieces, np.zeros((len(pieces), 2), dtype=np.float32), ones)


class TestTheWhole:
    def test_takes_the_best_token_for_each(self) -> None:
        assert whole(alike([0.2, 0.8], [0.4, 0.1]), weights(0.75, 0.25)) == pytest.approx(0.7)


class TestTheBestStretch:
    def test_is_the_whole_where_the_passage_is_short(self) -> None:
        both = np.random.default_rng(1).random((3, LONG), dtype=np.float32)
        shares = weights(0.2, 0.3, 0.5)
        assert best_stretch(both, shares) == pytest.approx(whole(both, shares))

    def test_counts_only_what_stands_together(self) -> None:
        apart = np.zeros((2, 5 * LONG), dtype=np.float32)
        apart[0, 0] = apart[1, -1] = 1.0
        assert whole(apart, weights(0.5, 0.5)) == pytest.approx(1.0)
        assert best_stretch(apart, weights(0.5, 0.5)) == pytest.approx(0.5)
        apart[1, LONG - 1] = 1.0
        assert best_stretch(apart, weights(0.5, 0.5)) == pytest.approx(1.0)

    def test_reaches_the_last_token_whatever_the_length(self) -> None:
        for length in range(1, 3 * LONG):
            last = np.zeros((1, length), dtype=np.float32)
            last[0, -1] = 1.0
            assert best_stretch(last, weights(1.0)) == pytest.approx(1.0)


class TestNearWords:
    def test_count_where_they_stand_as_they_are(self) -> None:
        assert near(asked("kx", "4711"), text("the", "kx", "-", "4711")) == pytest.approx(1.0)
        assert near(asked("kx", "4711"), text("kx", "4712")) == pytest.approx(0.5)
        assert near(asked("kx", "4711"), text()) == 0.0

    def test_count_only_near_each_other(self) -> None:
        between = ["word"] * (NEAR_TOKENS - 2)
        assert near(asked("a", "b"), text("a", *between, "b")) == pytest.approx(1.0)
        assert near(asked("a", "b"), text("a", *between, "word", "b")) == pytest.approx(0.5)

    def test_weigh_a_repeated_word_of_the_question_once_for_all_its_places(self) -> None:
        repeated = asked("a", "b", "a", each=(0.25, 0.5, 0.25))
        assert near(repeated, text("a")) == pytest.approx(0.5)
        assert near(repeated, text("a", "a", "b")) == pytest.approx(1.0)


class TestEvidence:
    def test_mixes_the_three(self) -> None:
        passage = TokenState(["a", "x"], np.eye(2, dtype=np.float32), np.ones(2, dtype=np.float32))
        assert evidence(asked("a", "b"), passage) == pytest.approx(WHOLE + STRETCH + NEAR / 2)

    def test_is_nothing_without_tokens(self) -> None:
        empty = TokenState([], np.zeros((0, 1), dtype=np.float32), np.zeros(0, dtype=np.float32))
        assert evidence(asked("a"), empty) == 0.0

    def test_never_leaves_its_range(self) -> None:
        chosen = np.random.default_rng(2)
        for _ in range(50):
            vectors = chosen.normal(size=(chosen.integers(1, 200), 8)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            pieces = [str(piece) for piece in chosen.integers(0, 9, len(vectors))]
            state = TokenState(pieces, vectors, np.ones(len(vectors), dtype=np.float32))
            question = Asked(tuple(pieces[:3]), vectors[:3], weights(*[1 / len(pieces[:3])] * len(pieces[:3])))
            assert 0.0 <= evidence(question, state) <= 1.0
