"""One score from two: absolute, between 0 and 1, in an order that never changes by itself."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.fusing import smoothed
from retrieval.search.fusion import FusionKind
from retrieval.search.scoring import Fusion
from retrieval.stores.bm25_parameters import K1
from retrieval.types import Candidates, LegScores, Ranked, RankSource

legs = st.builds(
    LegScores,
    chunk_id=st.uuids().map(str),
    file_id=st.just("f"),
    generation=st.just(1),
    cosine=st.floats(-1, 1),
    bm25=st.floats(0, 50),
)
alphas = st.floats(0, 1)


def leg(chunk_id: str, cosine: float, bm25: float) -> LegScores:
    return LegScores(chunk_id, "f", 1, cosine, bm25)


def candidates(*scores: LegScores, once: float = 10.0) -> Candidates:
    """`once` is the BM25 of an average chunk that holds every term of the query once."""
    return Candidates(scores=scores, bm25_ceiling=once * (K1 + 1), engine_seconds=0.0)


def rank(alpha: float, found: Candidates) -> list[Ranked]:
    return list(Fusion(alpha).rank(found))


class TestFusion:
    @given(scores=st.lists(legs, max_size=20), alpha=alphas, once=st.floats(0, 20))
    def test_gives_scores_from_0_to_1_best_first(self, scores: list[LegScores], alpha: float, once: float) -> None:
        ranked = rank(alpha, candidates(*scores, once=once))
        assert all(0 < one.score <= 1 for one in ranked)
        assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)

    @given(scores=st.lists(legs, max_size=20), alpha=alphas, seed=st.integers())
    def test_does_not_depend_on_the_order_of_the_candidates(
        self, scores: list[LegScores], alpha: float, seed: int
    ) -> None:
        shuffled = random.Random(seed).sample(scores, len(scores))  # noqa: S311 - a shuffle, no secret
        assert rank(alpha, candidates(*scores)) == rank(alpha, candidates(*shuffled))

    @given(scores=st.lists(legs, max_size=20, unique_by=lambda leg: leg.chunk_id), alpha=alphas)
    def test_of_a_chunk_does_not_depend_on_the_others(self, scores: list[LegScores], alpha: float) -> None:
        together = {one.chunk_id: one.score for one in rank(alpha, candidates(*scores))}
        for one in scores:
            alone = {other.chunk_id: other.score for other in rank(alpha, candidates(one))}
            assert alone.get(one.chunk_id) == together.get(one.chunk_id)

    @pytest.mark.parametrize(
        ("alpha", "cosine", "bm25", "score"),
        [
            (1.0, 0.5, 99, 0.5),
            (1.0, -0.5, 0, None),
            (0.0, 0.9, 5, 0.5),
            (0.0, 0.9, 20, 1.0),
            (0.7, 0.5, 5, 0.7 * 0.5 + 0.3 * 0.5),
            (0.7, -0.5, 5, 0.3 * 0.5),
        ],
    )
    def test_weighs_the_cosine_against_bm25_over_every_term_once(
        self, alpha: float, cosine: float, bm25: float, score: float | None
    ) -> None:
        ranked = rank(alpha, candidates(leg("a", cosine, bm25)))
        assert [one.score for one in ranked] == ([] if score is None else [pytest.approx(score)])

    def test_orders_by_bm25_what_holds_every_term_and_more(self) -> None:
        ranked = rank(0.0, candidates(leg("a", 0, 11), leg("b", 0, 15), leg("c", 0, 13)))
        assert [one.chunk_id for one in ranked] == ["b", "c", "a"]

    def test_lets_words_that_are_there_often_weigh_more_than_a_little_meaning(self) -> None:
        ranked = rank(0.5, candidates(leg("often", 0.5, 20), leg("once", 0.6, 10)))
        assert [one.chunk_id for one in ranked] == ["often", "once"]
        assert [one.score for one in ranked] == pytest.approx([1.0, 0.8])
        assert ranked[0].keyword == pytest.approx(2.0)


class TestOtherFusions:
    @given(scores=st.lists(legs, max_size=20, unique_by=lambda leg: leg.chunk_id), alpha=alphas)
    @pytest.mark.parametrize("kind", [FusionKind.RRF, FusionKind.DBSF])
    def test_show_falling_scores_of_the_same_passages(
        self, scores: list[LegScores], alpha: float, kind: FusionKind
    ) -> None:
        found = candidates(*scores)
        ranked = list(Fusion(alpha, kind).rank(found))
        shown = [one.score for one in ranked]
        assert shown == sorted(shown, reverse=True)
        assert all(0 < one <= 1 for one in shown)
        assert {one.chunk_id for one in ranked} == {one.chunk_id for one in rank(alpha, found)}

    def test_by_ranks_put_first_what_both_legs_like(self) -> None:
        found = candidates(leg("a", 0.9, 1), leg("b", 0.8, 9), leg("c", 0.1, 10), leg("d", 0.2, 3))
        assert next(Fusion(0.5, FusionKind.RRF).rank(found)).chunk_id == "b"

    @given(st.lists(st.floats(0, 1), max_size=30))
    def test_smooth_to_the_nearest_falling_sequence(self, scores: list[float]) -> None:
        found = smoothed(scores)
        assert found == sorted(found, reverse=True)
        assert sum(found) == pytest.approx(sum(scores))
        assert smoothed(sorted(scores, reverse=True)) == sorted(scores, reverse=True)

    @pytest.mark.parametrize(
        ("alpha", "cosine", "bm25", "source"),
        [
            (0.7, 0.5, 5, RankSource.HYBRID),
            (0.7, 0.5, 0, RankSource.VECTOR),
            (0.7, -0.1, 5, RankSource.KEYWORD),
            (1.0, 0.5, 5, RankSource.VECTOR),
            (0.0, 0.5, 5, RankSource.KEYWORD),
        ],
    )
    def test_names_the_legs_that_gave_something(
        self, alpha: float, cosine: float, bm25: float, source: RankSource
    ) -> None:
        assert rank(alpha, candidates(leg("a", cosine, bm25)))[0].rank_source is source
