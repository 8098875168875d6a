from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest

from kit.errors import Invalid
from tests.contracts.vector_store.library import Library


class TestUpsert:
    def test_a_point_that_is_not_live_is_in_no_search(self, library: Library) -> None:
        library.store.upsert(library.collection, library.points("a", ["draft"]))
        assert library.found("draft") == set()

    def test_a_live_and_enabled_point_is_found_at_once(self, library: Library) -> None:
        library.store.upsert(library.collection, library.points("a", ["ready"], searchable=True))
        assert library.found("ready") == {"ready"}

    def test_a_repeat_changes_nothing(self, library: Library) -> None:
        points = library.points("a", [f"text {i}" for i in range(40)], windows=2)
        library.store.upsert(library.collection, points)
        library.store.upsert(library.collection, points)
        assert library.counts() == {("a", 1): 80}

    def test_no_points_are_no_error(self, library: Library) -> None:
        library.store.upsert(library.collection, [])
        assert library.counts() == {}

    def test_a_vector_that_is_not_finite_is_refused_with_the_point(self, library: Library) -> None:
        (point,) = library.points("a", ["bad"])
        broken = replace(point, vector=np.full_like(point.vector, np.nan))
        with pytest.raises(Invalid, match=point.id):
            library.store.upsert(library.collection, [broken])

    def test_a_vector_of_another_size_is_refused_and_the_store_goes_on(self, library: Library) -> None:
        (point,) = library.points("a", ["short"])
        with pytest.raises(Invalid, match=r"size 3 .* size 16"):
            library.store.upsert(library.collection, [replace(point, vector=point.vector[:3])])
        library.add("b", ["fine"])
        assert library.found("fine") == {"fine"}

    def test_texts_without_terms_are_found_by_vector(self, library: Library) -> None:
        library.add("a", ["", "the of and", "word"])
        assert library.found() == {"", "the of and", "word"}


class TestActivate:
    def test_switches_from_one_generation_to_the_next(self, library: Library) -> None:
        library.add("a", ["old text"], generation=1)
        library.add("a", ["new text"], generation=2)
        assert library.found("text") == {"new text"}
        assert library.found() == {"new text"}

    def test_back_to_an_older_generation(self, library: Library) -> None:
        library.add("a", ["old text"], generation=1)
        library.add("a", ["new text"], generation=2)
        library.store.activate(library.collection, library.file("a"), 1, enabled=True)
        assert library.found("text") == {"old text"}

    def test_a_repeat_changes_nothing(self, library: Library) -> None:
        library.add("a", ["text"])
        library.store.activate(library.collection, library.file("a"), 1, enabled=True)
        assert library.found("text") == {"text"}

    def test_disabled_stays_out_of_search_until_enabled(self, library: Library) -> None:
        library.store.upsert(library.collection, library.points("a", ["text"]))
        library.store.activate(library.collection, library.file("a"), 1, enabled=False)
        assert library.found("text") == set()
        library.store.set_enabled(library.collection, library.file("a"), enabled=True)
        assert library.found("text") == {"text"}

    def test_a_generation_without_points_empties_the_file(self, library: Library) -> None:
        library.add("a", ["text"])
        library.store.activate(library.collection, library.file("a"), 2, enabled=True)
        assert library.found("text") == set()


class TestSetEnabled:
    def test_takes_the_file_out_and_back_in(self, library: Library) -> None:
        library.add("a", ["text a"])
        library.add("b", ["text b"])
        library.store.set_enabled(library.collection, library.file("a"), enabled=False)
        assert library.found("text") == {"text b"}
        library.store.set_enabled(library.collection, library.file("a"), enabled=True)
        assert library.found("text") == {"text a", "text b"}

    def test_brings_back_the_live_generation_only(self, library: Library) -> None:
        library.add("a", ["old text"], generation=1)
        library.add("a", ["new text"], generation=2)
        library.store.set_enabled(library.collection, library.file("a"), enabled=False)
        library.store.set_enabled(library.collection, library.file("a"), enabled=True)
        assert library.found("text") == {"new text"}


class TestDelete:
    def test_a_generation_leaves_the_others(self, library: Library) -> None:
        library.add("a", ["old text"], generation=1)
        library.add("a", ["new text", "more text"], generation=2)
        assert library.store.delete_generation(library.collection, library.file("a"), 1) == 1
        assert library.counts() == {("a", 2): 2}

    def test_single_points_go_and_unknown_ids_are_passed_over(self, library: Library) -> None:
        points = library.add("a", ["kept text", "text to go"], windows=2)
        gone = [point.id for point in points if point.position == 1]
        library.store.delete_points(library.collection, library.file("a"), [*gone, str(uuid4())])
        assert library.found("text") == {"kept text"}
        assert library.counts() == {("a", 1): 2}

    def test_a_file_counts_every_point_of_every_generation(self, library: Library) -> None:
        library.add("a", ["x"] * 3, generation=1, windows=2)
        library.add("a", ["y"], generation=2)
        library.add("b", ["z"])
        assert library.store.delete_file(library.collection, library.file("a")) == 7
        assert library.counts() == {("b", 1): 1}

    def test_a_dataset_larger_than_one_slice_goes_whole(self, library: Library) -> None:
        library.add("a", [f"text {i}" for i in range(300)], dataset="x")
        library.add("b", ["text"], dataset="y")
        assert library.store.delete_dataset(library.collection, library.dataset("x")) == 300
        assert library.counts() == {("b", 1): 1}

    def test_a_repeat_finds_nothing_to_delete(self, library: Library) -> None:
        library.add("a", ["x"])
        library.store.delete_file(library.collection, library.file("a"))
        assert library.store.delete_file(library.collection, library.file("a")) == 0
