"""What the words of a search's filter mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from api.dashboard.knowledge_base.schemas.search import SearchConditions
from retrieval.conditions import AllOf, AnyOf, Condition, NoneOf, OneOf, Present, Within
from retrieval.filters import SearchFilter
from retrieval.types import DateRange


def conditions(**fields: object) -> SearchFilter:
    return SearchConditions.model_validate(fields).to_filter()


class TestDates:
    def test_as_a_plain_date_hold_the_whole_day(self) -> None:
        found = conditions(publishedAfter="2026-03-01", publishedBefore="2026-03-01").published
        assert found == DateRange(
            since=datetime(2026, 3, 1, tzinfo=UTC), until=datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
        )

    @pytest.mark.parametrize("text", ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00", "2026-03-01T12:00:00+02:00"])
    def test_without_a_zone_are_in_utc(self, text: str) -> None:
        assert conditions(publishedAfter=text).published == DateRange(since=datetime(2026, 3, 1, 10, tzinfo=UTC))

    def test_that_are_absent_are_no_condition(self) -> None:
        assert conditions().published is None


class TestLabels:
    def test_take_a_value_or_several(self) -> None:
        assert conditions(metadata={"a": "x", "b": ["y", "z"]}).labels == {"a": ["x"], "b": ["y", "z"]}


def meant(where: object) -> Condition | None:
    return conditions(where=where).condition


def refusal(where: object) -> str:
    with pytest.raises(ValidationError) as caught:
        conditions(where=where)
    return str(caught.value)


class TestWhere:
    def test_takes_values_presence_and_ranges(self) -> None:
        assert meant({"key": "team", "in": "red"}) == AnyOf("team", ("red",))
        assert meant({"key": "team", "exists": True}) == Present("team")
        assert meant({"key": "team", "exists": False}) == NoneOf((Present("team"),))
        assert meant({"key": "price", "gte": 10, "lt": 20.5}) == Within("price", dates=False, gte=10, lt=20.5)

    def test_joins_what_one_object_asks_of_a_key(self) -> None:
        both = meant({"key": "price", "in": ["5", "50"], "gt": 9})
        assert both == AllOf((AnyOf("price", ("5", "50")), Within("price", dates=False, gt=9)))

    def test_a_plain_date_stands_for_its_whole_day(self) -> None:
        first, last = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
        day = meant({"key": "due", "gte": "2026-03-01", "lte": "2026-03-01"})
        assert day == Within("due", dates=True, gte=first.timestamp(), lte=last.timestamp())
        around = meant({"key": "due", "gt": "2026-03-01", "lt": "2026-03-01"})
        assert around == Within("due", dates=True, gt=last.timestamp(), lt=first.timestamp())

    def test_nests(self) -> None:
        where = {"all": [{"key": "a", "exists": True}, {"not": {"any": [{"key": "b", "in": []}]}}]}
        assert meant(where) == AllOf((Present("a"), NoneOf((OneOf((AnyOf("b", ()),)),))))

    @pytest.mark.parametrize(
        ("where", "said"),
        [
            ({}, "a condition is a `key` with"),
            ({"key": "a"}, "a condition is a `key` with"),
            ({"in": ["x"]}, "a condition is a `key` with"),
            ({"key": "a", "exists": True, "any": [{"key": "b", "exists": True}]}, "any, exists stand side by side"),
            ({"all": [{"key": "a", "in": "x"}], "not": {"key": "b", "in": "x"}}, "all, not stand side by side"),
            ({"key": "a", "gte": 1, "lte": "2026-01-01"}, "the bounds of 'a' are a number and a date"),
            ({"key": "a", "gte": "soon"}, "where.gte"),
            ({"key": "a", "gte": True}, "where.gte"),
            ({"any": []}, "where.any"),
        ],
    )
    def test_names_what_cannot_be_meant(self, where: object, said: str) -> None:
        assert said in refusal(where)
