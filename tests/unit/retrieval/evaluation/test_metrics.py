"""Expected values computed by hand from the definitions; log2(3) = 1.585, log2(4) = 2."""

from __future__ import annotations

import math

import pytest

from retrieval.evaluation.metrics import mean, ndcg, recall, reciprocal_rank

JUDGED = {"best": 2, "good": 1, "bad": 0, "spam": -2}


class TestNdcg:
    def test_is_one_for_the_ideal_order(self) -> None:
        assert ndcg(["best", "good", "other"], JUDGED, 10) == 1.0

    def test_discounts_by_the_logarithm_of_the_place(self) -> None:
        assert ndcg(["good", "best"], JUDGED, 10) == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))

    def test_counts_the_unjudged_as_not_relevant_but_gives_it_its_place(self) -> None:
        assert ndcg(["other", "best"], {"best": 1}, 10) == pytest.approx(1 / math.log2(3))

    def test_looks_no_further_than_k(self) -> None:
        assert ndcg(["other", "best"], {"best": 1}, 1) == 0.0

    def test_cuts_the_ideal_order_at_k_too(self) -> None:
        assert ndcg(["a"], {"a": 1, "b": 1, "c": 1}, 1) == 1.0

    def test_gives_nothing_for_negative_grades(self) -> None:
        assert ndcg(["spam", "best"], JUDGED, 10) == ndcg(["bad", "best"], JUDGED, 10)

    def test_is_zero_where_nothing_is_relevant(self) -> None:
        assert ndcg(["a"], {"a": 0}, 10) == 0.0


class TestRecall:
    def test_is_the_share_of_the_relevant_found(self) -> None:
        assert recall(["bad", "good"], JUDGED, 10) == 0.5

    def test_looks_no_further_than_k(self) -> None:
        assert recall(["bad", "good"], JUDGED, 1) == 0.0

    def test_is_zero_where_nothing_is_relevant(self) -> None:
        assert recall(["a"], {}, 10) == 0.0


class TestReciprocalRank:
    def test_is_one_over_the_first_relevant_place(self) -> None:
        assert reciprocal_rank(["bad", "other", "good", "best"], JUDGED, 10) == pytest.approx(1 / 3)

    def test_is_zero_where_none_is_among_the_first_k(self) -> None:
        assert reciprocal_rank(["bad", "other", "good"], JUDGED, 2) == 0.0


class TestMean:
    def test_of_nothing_is_zero(self) -> None:
        assert mean([]) == 0.0

    def test_weighs_every_query_the_same(self) -> None:
        assert mean([1.0, 0.0, 0.5]) == 0.5
