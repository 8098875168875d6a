from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from retrieval.filters import MOST_VALUES, SearchFilter, SearchScope, compile_filter
from retrieval.stores.payload import label_terms, matches_nothing
from retrieval.types import DateRange

SCOPE = SearchScope("t", ["d1", "d2"])

words = st.sampled_from(["d1", "d2", "d3", "x", "y", "z"])
lists = st.none() | st.lists(words, max_size=4)
times = st.none() | st.integers(0, 2**31).map(lambda second: datetime.fromtimestamp(second, UTC))
requests = st.builds(
    SearchFilter,
    dataset_ids=lists,
    file_ids=lists,
    sources=lists,
    labels=st.dictionaries(words, st.lists(words, max_size=3), max_size=3),
    published=st.none() | st.builds(DateRange, since=times, until=st.none()),
)
points = st.fixed_dictionaries(
    {
        "tenant": st.sampled_from(["t", "u"]),
        "dataset": words,
        "file": words,
        "source": words,
        "labels": st.lists(st.builds("{}={}".format, words, words), max_size=3),
        "date": times,
    }
)


def admits(scope: SearchScope, request: SearchFilter | None, point: dict[str, object]) -> bool:
    """What a store does with the compiled filter, written out."""
    where = compile_filter(scope, request)
    checks = [
        not matches_nothing(where),
        point["tenant"] == where.tenant_id,
        point["dataset"] in where.dataset_ids,
        where.file_ids is None or point["file"] in where.file_ids,
        where.sources is None or point["source"] in where.sources,
        all(set(label_terms(k, v)) & set(point["labels"]) for k, v in where.labels.items()),  # type: ignore[call-overload]  # a list by construction
        where.published is None or point["date"] is not None,
    ]
    return all(checks)


class TestARequest:
    @given(scope=st.lists(words, max_size=3), request=requests, point=points)
    def test_never_admits_what_the_scope_alone_does_not(
        self, scope: list[str], request: SearchFilter, point: dict[str, object]
    ) -> None:
        allowed = SearchScope("t", scope)
        if admits(allowed, request, point):
            assert admits(allowed, None, point)

    @given(scope=st.lists(words, max_size=3), request=requests)
    def test_never_names_a_dataset_or_tenant_outside_the_scope(self, scope: list[str], request: SearchFilter) -> None:
        where = compile_filter(SearchScope("t", scope), request)
        assert set(where.dataset_ids) <= set(scope)
        assert where.tenant_id == "t"

    def test_for_a_dataset_outside_the_scope_matches_nothing(self) -> None:
        assert matches_nothing(compile_filter(SCOPE, SearchFilter(dataset_ids=["d3"])))

    def test_with_an_empty_list_matches_nothing(self) -> None:
        assert matches_nothing(compile_filter(SCOPE, SearchFilter(file_ids=[])))


class TestAScope:
    def test_without_datasets_matches_nothing(self) -> None:
        assert matches_nothing(compile_filter(SearchScope("t", [])))

    def test_without_a_tenant_is_refused(self) -> None:
        with pytest.raises(Invalid, match="tenant"):
            compile_filter(SearchScope("", ["d1"]))

    def test_alone_is_the_whole_filter(self) -> None:
        where = compile_filter(SCOPE)
        assert (where.dataset_ids, where.file_ids, where.published) == (("d1", "d2"), None, None)


class TestValidation:
    @pytest.mark.parametrize(
        ("request_", "named"),
        [
            (SearchFilter(labels={"a=b": ["c"]}), "'a=b'"),
            (SearchFilter(labels={"": ["c"]}), "''"),
            (SearchFilter(sources=[""]), "sources"),
            (SearchFilter(file_ids=["x" * 600]), "600 characters"),
            (SearchFilter(file_ids="one"), "'one' is a text"),
            (SearchFilter(file_ids=["x"] * (MOST_VALUES + 1)), "1001 values"),
            (SearchFilter(published=DateRange(since=datetime(2024, 1, 1))), "no time zone"),  # noqa: DTZ001  # the point of it
        ],
    )
    def test_names_the_value(self, request_: SearchFilter, named: str) -> None:
        with pytest.raises(Invalid, match=named):
            compile_filter(SCOPE, request_)

    def test_a_range_that_ends_before_it_begins_is_refused(self) -> None:
        late, early = datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
        with pytest.raises(Invalid, match="swap them"):
            compile_filter(SCOPE, SearchFilter(published=DateRange(since=late, until=early)))

    def test_reports_every_problem_at_once(self) -> None:
        with pytest.raises(Invalid) as caught:
            compile_filter(SCOPE, SearchFilter(sources=[""], labels={"": ["x"]}))
        assert {detail.field for detail in caught.value.details} == {"sources", "labels"}
