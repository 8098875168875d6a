from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from retrieval.types import Filter, Without
from tests.contracts.vector_store.library import Library, vector


class TestTenants:
    def test_see_their_own_points_only(self, library: Library, stranger: Library) -> None:
        library.add("a", ["shared word here"])
        stranger.add("a", ["shared word there"])
        assert library.found("shared") == {"shared word here"}
        assert library.found() == {"shared word here"}

    def test_are_kept_apart_even_with_the_same_dataset_id(self, library: Library, stranger: Library) -> None:
        stranger.add("a", ["secret"])
        stolen = Filter(tenant_id=library.tenant, dataset_ids=[stranger.dataset()])
        assert library.search("secret", near=vector(1), where=stolen).scores == []

    def test_do_not_show_in_each_others_idf(self, library: Library, stranger: Library) -> None:
        library.add("a", ["common rare", "common", "common"])
        before = library.search("rare")
        stranger.add("a", ["rare"] * 5)
        assert library.search("rare").bm25_ceiling == pytest.approx(before.bm25_ceiling)
        assert library.search("rare").scores[0].bm25 == pytest.approx(before.scores[0].bm25)


class TestDatasets:
    def test_outside_the_filter_are_not_searched(self, library: Library) -> None:
        library.add("a", ["word one"], dataset="x")
        library.add("b", ["word two"], dataset="y")
        assert library.found("word", where=library.filter(["x"])) == {"word one"}
        assert library.found("word", where=library.filter(["x", "y"])) == {"word one", "word two"}

    def test_none_at_all_match_nothing(self, library: Library) -> None:
        library.add("a", ["word"])
        assert library.found("word", where=library.filter([])) == set()


class TestFilters:
    @pytest.fixture
    def shelf(self, library: Library) -> Library:
        day = datetime(2024, 5, 1, tzinfo=UTC).timestamp()
        library.add("a", ["word a"], source="upload", labels={"team": "red", "year": "2024"}, published_at=day)
        library.add("b", ["word b"], source="crawl", labels={"team": "blue", "year": "2024"})
        library.add("c", ["word c"], source="crawl", labels={"team": "green"}, published_at=day + 86400)
        return library

    def test_by_file(self, shelf: Library) -> None:
        assert shelf.found("word", where=shelf.filter(files=["a", "c"])) == {"word a", "word c"}

    def test_by_source(self, shelf: Library) -> None:
        assert shelf.found("word", where=shelf.filter(sources=["crawl"])) == {"word b", "word c"}

    def test_labels_are_any_of_within_a_key_and_all_across_keys(self, shelf: Library) -> None:
        where = shelf.filter(labels={"team": ["red", "green"], "year": ["2024"]})
        assert shelf.found("word", where=where) == {"word a"}

    def test_a_date_range_is_closed_and_leaves_out_points_without_a_date(self, shelf: Library) -> None:
        first, second = datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 5, 2, tzinfo=UTC)
        assert shelf.found("word", where=shelf.filter(since=first, until=second)) == {"word a", "word c"}
        assert shelf.found("word", where=shelf.filter(until=first)) == {"word a"}

    def test_apply_to_the_vector_leg_as_well(self, shelf: Library) -> None:
        assert shelf.found(where=shelf.filter(sources=["upload"])) == {"word a"}

    @pytest.mark.parametrize("condition", ["files", "sources"])
    def test_an_empty_list_matches_nothing(self, shelf: Library, condition: str) -> None:
        where = shelf.filter(files=[]) if condition == "files" else shelf.filter(sources=[])
        assert shelf.found("word", where=where) == set()

    def test_labels_without_values_match_nothing(self, shelf: Library) -> None:
        assert shelf.found("word", where=shelf.filter(labels={"team": []})) == set()


class TestExclusions:
    def test_keep_out_what_has_any_of_them(self, library: Library) -> None:
        library.add("a", ["word crawled"], source="website_crawl", labels={"topic": "ships"})
        library.add("b", ["word uploaded"], labels={"topic": "trains"})
        library.add("c", ["word plain"])

        def found(without: Without) -> set[str]:
            where = replace(library.filter(), without=without)
            assert library.found("word", where=where) == library.found(where=where)
            return library.found("word", where=where)

        assert found(Without()) == {"word crawled", "word uploaded", "word plain"}
        assert found(Without(sources=["website_crawl"])) == {"word uploaded", "word plain"}
        assert found(Without(labels={"topic": ["ships", "trains"]})) == {"word plain"}
        assert found(Without(file_ids=[library.file("c")], labels={"topic": ["ships"]})) == {"word uploaded"}
