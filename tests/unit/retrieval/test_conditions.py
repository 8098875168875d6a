from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kit.errors import Invalid
from retrieval.conditions import (
    MOST_DEPTH,
    MOST_LEAVES,
    AllOf,
    AnyOf,
    Condition,
    NoneOf,
    OneOf,
    Present,
    Typed,
    Within,
    said,
    typed,
)
from retrieval.filters import SearchFilter, SearchScope, compile_filter, described

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC).timestamp()


class TestAText:
    @pytest.mark.parametrize(("text", "value"), [("12", 12), ("-3.5", -3.5), ("+1e3", 1000), ("007", 7), ("0", 0)])
    def test_of_a_number_has_its_value(self, text: str, value: float) -> None:
        assert typed(text) == Typed(dates=False, value=value)

    @pytest.mark.parametrize(
        "text", ["2024-05-01T12:00:00Z", "2024-05-01T12:00", "2024-05-01 14:00+02:00", "2024-05-01T12:00:00.000+00:00"]
    )
    def test_of_a_time_has_its_moment_in_utc_without_a_zone(self, text: str) -> None:
        assert typed(text) == Typed(dates=True, value=NOON)

    def test_of_a_date_is_its_first_moment(self) -> None:
        assert typed("2024-05-01") == Typed(dates=True, value=NOON - 12 * 3600)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " 1",
            "1,5",
            "1 000",
            "nan",
            "inf",
            "1e999",
            "0x10",
            "٣",
            "2024-13-01",
            "2024-5-1",
            "May",
            "1.2.3",
        ],
    )
    def test_of_anything_else_has_none(self, text: str) -> None:
        assert typed(text) is None


class TestACondition:
    @pytest.mark.parametrize(
        ("condition", "words"),
        [
            (AnyOf("team", ("red", "blue")), "metadata.team is one of red, blue"),
            (AnyOf("team", ()), "metadata.team is one of none"),
            (Present("team"), "metadata.team is there"),
            (Within("price", dates=False, gte=1, lt=2.5), "metadata.price ≥ 1 and < 2.5"),
            (Within("due", dates=True, gt=NOON), "metadata.due > 2024-05-01T12:00:00+00:00"),
            (NoneOf((Present("a"),)), "not (metadata.a is there)"),
            (OneOf((Present("a"), Present("b"))), "(metadata.a is there) or (metadata.b is there)"),
            (AllOf((Present("a"),)), "metadata.a is there"),
        ],
    )
    def test_says_itself_in_words(self, condition: Condition, words: str) -> None:
        assert said(condition) == words
        assert described(SearchFilter(condition=condition)) == [words]

    @pytest.mark.parametrize(
        ("condition", "complaint"),
        [
            (Present(""), "'' is no label key"),
            (AnyOf("a=b", ("c",)), "'a=b' is no label key"),
            (NoneOf((Within("price", dates=False, gt=3, lte=2),)), "nothing lies in the range of 'price'"),
            (OneOf((Present("a"),) * (MOST_LEAVES + 1)), f"{MOST_LEAVES + 1} conditions"),
        ],
    )
    def test_that_cannot_be_meant_is_named(self, condition: Condition, complaint: str) -> None:
        with pytest.raises(Invalid, match="where: ") as caught:
            compile_filter(SearchScope("t", ["d"]), SearchFilter(condition=condition))
        assert complaint in str(caught.value)

    def test_is_not_followed_down_for_ever(self) -> None:
        condition: Condition = Present("a")
        for _ in range(MOST_DEPTH):
            condition = NoneOf((condition,))
        with pytest.raises(Invalid, match=f"more than {MOST_DEPTH} deep"):
            compile_filter(SearchScope("t", ["d"]), SearchFilter(condition=condition))
