"""Conditions on labels: every engine answers as `retrieval.conditions.holds` does for one file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.conditions import AllOf, AnyOf, Condition, NoneOf, OneOf, Present, Within, holds
from tests.contracts.vector_store.library import Library

SHELF = {
    "cheap": {"price": "9.50", "team": "red", "due": "2024-05-01"},
    "dear": {"price": "1200", "team": "blue"},
    "later": {"due": "2024-05-02T08:00:00Z", "team": "red"},
    "worded": {"price": "on request"},
    "negative": {"price": "-3e2", "due": "1969-12-31"},
    "plain": {},
}

keys = st.sampled_from(["price", "team", "due", "absent"])
texts = st.sampled_from(["9.50", "1200", "red", "blue", "on request", "2024-05-01", "other"])
bounds = st.none() | st.sampled_from([-300.0, 0.0, 9.5, 1200.0, 1714521600.0, 1714636800.0])
leaves = (
    st.builds(AnyOf, keys, st.lists(texts, max_size=3).map(tuple))
    | st.builds(Present, keys)
    | st.builds(Within, keys, st.booleans(), bounds, bounds, bounds, bounds)
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        *(st.builds(kind, st.lists(inner, max_size=3).map(tuple)) for kind in (AllOf, OneOf, NoneOf))
    ),
    max_leaves=6,
)


@pytest.fixture
def shelf(library: Library) -> Library:
    for name, labels in SHELF.items():
        library.add(name, [f"word {name}"], labels=labels)
    return library


def found(shelf: Library, condition: Condition) -> set[str]:
    where = replace(shelf.filter(), condition=condition)
    by_words = shelf.found("word", where=where)
    assert by_words == shelf.found(where=where)  # both legs are filtered
    return {text.removeprefix("word ") for text in by_words}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(condition=conditions)
def test_an_engine_agrees_with_the_condition_itself(shelf: Library, condition: Condition) -> None:
    assert found(shelf, condition) == {name for name, labels in SHELF.items() if holds(condition, labels)}


def test_ranges_look_at_numbers_and_dates_apart(shelf: Library) -> None:
    assert found(shelf, Within("price", dates=False, gte=0, lt=1200)) == {"cheap"}
    assert found(shelf, Within("price", dates=False, gt=9.5)) == {"dear"}
    assert found(shelf, Within("price", dates=False)) == {"cheap", "dear", "negative"}
    assert found(shelf, Within("due", dates=True, gte=1714521600.0)) == {"cheap", "later"}
    assert found(shelf, Within("due", dates=False)) == set()


def test_a_range_looks_at_one_label_at_a_time(shelf: Library) -> None:
    """A price of 9.50 beside a date of seconds far above does not make the price large."""
    assert found(shelf, Within("price", dates=False, gt=2000)) == set()


def test_all_any_and_not_nest(shelf: Library) -> None:
    red, priced = AnyOf("team", ("red",)), Present("price")
    assert found(shelf, AllOf((red, NoneOf((priced,))))) == {"later"}
    assert found(shelf, OneOf((NoneOf((red, priced)), AllOf((red, priced))))) == {"plain", "cheap"}


def test_a_condition_only_narrows(shelf: Library) -> None:
    everything = NoneOf(())
    assert found(shelf, everything) == set(SHELF)
    assert shelf.found("word", where=replace(shelf.filter([]), condition=everything)) == set()
