"""Scores that mean the share of what is relevant: fitted, shown, and never a change of the order."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.types import Principal
from retrieval.evaluation.calibration import Sample, fitted, held_out, reliability
from retrieval.search.calibration import Calibration, Crowd, Curve
from retrieval.search.ports import SearchTarget
from retrieval.search.types import SearchHit
from tests.unit.retrieval.search.test_service import Library, scored

SEED = 3
CURVE = Curve(1.0, False, 4.0, 1.0, 0.0, [-4.0, 0.0, 2.0], [0.1, 0.4, 0.9])
CALIBRATION = Calibration("e", "m", [CURVE])


class Calibrated(Library):
    """Every collection is a dataset that is calibrated, except those in `bare`."""

    bare: frozenset[str] = frozenset()
    calibration: Calibration = CALIBRATION

    def targets(self, _principal: Principal, dataset_ids: Sequence[str]) -> Sequence[SearchTarget]:
        return [
            SearchTarget(name, self.model, ["d"], calibrations={} if name in self.bare else {"d": self.calibration})
            for name in dataset_ids
        ]


def search(library: Library, **asked: Any) -> list[SearchHit]:
    return library.search(alpha=1.0, **asked)


def questions(seed: int, count: int, *, ease: float) -> list[list[Sample]]:
    """Of each ten passages; how often the strongest ones are right differs with `ease`."""
    random, made = Random(seed), []  # noqa: S311 - samples
    for _ in range(count):
        levels = sorted((random.random() for _ in range(10)), reverse=True)
        crowd = Crowd.of(levels)
        made.append([Sample(crowd.strength(one), random.random() < ease * one**4) for one in levels])
    return made


class TestACurve:
    @given(st.lists(st.floats(0, 2.2), min_size=2, max_size=150))
    def test_never_gives_the_weaker_of_two_more(self, levels: list[float]) -> None:
        levels.sort(reverse=True)
        crowd = Crowd.of(levels)
        scores = [CURVE.score(crowd.strength(one)) for one in levels]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= one <= 1 for one in scores)

    def test_makes_nobody_strong_because_few_compete(self) -> None:
        many = Crowd.of([0.6, *[0.3] * 99]).strength(0.6)
        few = Crowd.of([0.6, 0.3, 0.3]).strength(0.6)
        assert few.share == pytest.approx(many.share)

    def test_of_the_nearest_alpha_and_of_the_same_look_is_taken(self) -> None:
        curves = [Curve(alpha, again, 1, 1, 0, [0.0], [0.5]) for alpha in (0.0, 0.7, 1.0) for again in (False, True)]
        found = Calibration("e", "m", curves).curve(0.8, reranked=True)
        assert found is not None
        assert (found.alpha, found.reranked) == (0.7, True)
        assert Calibration("e", "m", [CURVE]).curve(1.0, reranked=True) is None

    def test_is_stored_whole(self) -> None:
        assert Calibration.restored(CALIBRATION.stored()) == CALIBRATION


class TestFitting:
    @pytest.mark.parametrize("ease", [0.7, 1.0])
    def test_makes_of_what_reaches_a_score_that_share_relevant(self, ease: float) -> None:
        curve = fitted(questions(SEED, 1500, ease=ease), alpha=0.7, reranked=False)
        assert curve is not None
        fresh = [one for question in questions(SEED + 1, 1500, ease=ease) for one in question]
        told = {one.threshold: one for one in reliability([(curve.score(s.strength), s.relevant) for s in fresh])}
        for threshold in (0.3, 0.4, 0.5):
            assert told[threshold].relevant == pytest.approx(threshold, abs=0.06)

    def test_counts_no_feature_against_a_passage(self) -> None:
        upside_down = [
            [Sample(one.strength, not one.relevant) for one in question] for question in questions(SEED, 100, ease=1.0)
        ]
        curve = fitted(upside_down, alpha=0.7, reranked=False)
        assert curve is not None
        assert min(curve.level, curve.share) >= 0

    def test_of_nothing_but_one_kind_is_none(self) -> None:
        assert fitted(questions(SEED, 20, ease=0.0), alpha=0.7, reranked=False) is None
        assert fitted([], alpha=0.7, reranked=False) is None

    def test_is_judged_on_the_half_that_it_did_not_see(self) -> None:
        easy, hard = questions(SEED, 100, ease=1.0), questions(SEED, 100, ease=0.3)
        halves = [True] * 100 + [False] * 100
        told = held_out([*easy, *hard], halves, alpha=0.7, reranked=False)
        assert told is not None
        # What was fitted to the easy half promises too much for the hard one.
        assert min(one.relevant for one in told if one.relevant is not None) < 0.3
        assert told != reliability([])


class TestASearch:
    COSINES = (0.9, 0.6, 0.5, 0.5, 0.2)

    def test_shows_calibrated_scores_in_the_same_order(self) -> None:
        before = search(Library({"x": scored(*self.COSINES)}))
        after = search(Calibrated({"x": scored(*self.COSINES)}))
        assert [hit.passage.chunk_id for hit in after] == [hit.passage.chunk_id for hit in before]
        crowd = Crowd.of(self.COSINES)
        assert [hit.score for hit in after] == pytest.approx([CURVE.score(crowd.strength(one)) for one in self.COSINES])

    def test_holds_min_score_against_what_is_shown(self) -> None:
        library = Calibrated({"x": scored(*self.COSINES)})
        least = search(library)[1].score
        assert [hit.score for hit in search(library, min_score=least)] == [hit.score for hit in search(library)[:2]]

    @given(top_k=st.integers(1, 5))
    def test_scores_alike_whatever_top_k_is(self, top_k: int) -> None:
        library = Calibrated({"x": scored(*self.COSINES)})
        assert [hit.score for hit in search(library, top_k=top_k)] == [hit.score for hit in search(library)][:top_k]

    def test_is_uncalibrated_where_one_dataset_or_the_model_is_not(self) -> None:
        plain = [hit.score for hit in search(Library({"x": scored(0.9), "y": scored(0.5, prefix="d")}))]
        mixed = Calibrated({"x": scored(0.9), "y": scored(0.5, prefix="d")})
        mixed.bare = frozenset({"y"})
        assert [hit.score for hit in search(mixed)] == plain
        other = Calibrated({"x": scored(0.9), "y": scored(0.5, prefix="d")})
        other.calibration = Calibration("e", "another model", [CURVE])
        assert [hit.score for hit in search(other)] == plain
