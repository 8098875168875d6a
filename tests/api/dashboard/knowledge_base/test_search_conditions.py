"""What the words of a search's filter mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.dashboard.knowledge_base.schemas.search import SearchConditions
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
