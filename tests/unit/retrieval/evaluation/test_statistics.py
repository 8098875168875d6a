"""Intervals and paired tests: against what is known of the normal distribution, and against identical measurements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.evaluation.statistics import Verdict, compare, estimate
from retrieval.golden.tuning import candidates, chooses, tuned

values = st.lists(st.floats(0, 1), min_size=1, max_size=30)


class TestEstimate:
    @given(values)
    def test_lies_within_its_interval(self, measured: list[float]) -> None:
        found = estimate(measured)
        assert found.low <= found.mean + 1e-9
        assert found.mean <= found.high + 1e-9

    def test_is_as_wide_as_the_standard_error_says(self) -> None:
        measured = list(np.random.default_rng(1).normal(0.5, 0.2, 400))
        found = estimate(measured)
        assert found.high - found.low == pytest.approx(2 * 1.96 * 0.2 / 20, rel=0.1)

    def test_of_nothing_is_zero(self) -> None:
        assert estimate([]).mean == 0.0


class TestCompare:
    @given(values)
    def test_of_the_same_finds_no_difference(self, measured: list[float]) -> None:
        assert compare(measured, measured).verdict is Verdict.NO_SIGNIFICANT_DIFFERENCE

    def test_finds_a_small_difference_that_every_question_shows(self) -> None:
        first = list(np.random.default_rng(2).uniform(0, 0.9, 60))
        second = [value + 0.05 for value in first]
        assert compare(first, second).verdict is Verdict.BETTER
        assert compare(second, first).verdict is Verdict.WORSE

    def test_is_rarely_fooled_by_chance(self) -> None:
        random = np.random.default_rng(3)
        fooled = sum(
            compare(list(random.uniform(0, 1, 40)), list(random.uniform(0, 1, 40))).verdict
            is not Verdict.NO_SIGNIFICANT_DIFFERENCE
            for _ in range(100)
        )
        assert fooled <= 10


class TestTuning:
    def test_does_not_hold_what_only_the_choosing_half_shows(self) -> None:
        queries = [f"question {number}" for number in range(60)]
        present = dict.fromkeys(queries, 0.5)
        ways = candidates()
        found = {way: dict(present) for way in ways}
        found[ways[3]] = {query: 0.9 if chooses(query) else 0.5 for query in queries}
        result = tuned(present, found)
        assert result is not None
        assert (result.best, result.held) == (ways[3], False)

    def test_holds_what_both_halves_show(self) -> None:
        queries = [f"question {number}" for number in range(60)]
        present = dict.fromkeys(queries, 0.5)
        ways = candidates()
        found = {way: dict(present) for way in ways} | {ways[5]: dict.fromkeys(queries, 0.6)}
        result = tuned(present, found)
        assert result is not None
        assert (result.best, result.held) == (ways[5], True)

    def test_tells_nothing_from_a_few_questions(self) -> None:
        present = {f"q{number}": 0.5 for number in range(10)}
        assert tuned(present, dict.fromkeys(candidates(), present)) is None
