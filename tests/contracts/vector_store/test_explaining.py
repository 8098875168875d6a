"""Why a chunk scores as it does, the same from every store."""

from __future__ import annotations

import numpy as np
import pytest

from tests.contracts.vector_store.library import Library, cosine, vector
from tests.contracts.vector_store.test_candidates import CORPUS, lucene_bm25, lucene_idf


class TestExplaining:
    def test_gives_the_idf_of_every_term_as_the_question_writes_it(self, library: Library) -> None:
        library.add("a", CORPUS)
        terms = library.explain("Tigers, wolf and unseen").terms
        assert [term.word for term in terms] == ["Tigers", "wolf", "unseen"]
        expected = [lucene_idf(word, CORPUS) for word in ("tiger", "wolf", "unseen")]
        assert [term.idf for term in terms] == pytest.approx(expected, rel=1e-4)

    def test_shares_bm25_out_among_the_terms(self, library: Library) -> None:
        points = library.add("a", CORPUS)
        found = library.explain("tiger lion wolf", chunks=points)
        scores = lucene_bm25("tiger lion wolf", CORPUS, 8.0)
        for point, score in zip(points, scores, strict=True):
            parts = found.chunks[point.chunk_id].terms
            assert sum(parts.values()) == pytest.approx(score, rel=1e-4)
            assert set(parts) == set(CORPUS[point.position].split()) & {"tiger", "lion", "wolf"}

    def test_ranks_each_chunk_in_each_leg_as_a_full_search_would(self, library: Library) -> None:
        points = library.add("a", CORPUS)
        near = vector(3)
        found = library.explain("tiger wolf", near=near, chunks=points, ranks=True)
        angles = [cosine(point.vector, near) for point in points]
        words = lucene_bm25("tiger wolf", CORPUS, 8.0)
        for place, point in enumerate(points):
            explained = found.chunks[point.chunk_id]
            assert explained.vector_rank == 1 + sum(angle > angles[place] for angle in angles)
            expected = 1 + sum(word > words[place] + 1e-6 for word in words) if words[place] else None
            assert explained.keyword_rank == expected

    def test_counts_a_chunk_of_many_windows_once(self, library: Library) -> None:
        points = library.add("a", CORPUS, windows=4)
        found = library.explain(near=vector(3), chunks=points, ranks=True)
        assert sorted(one.vector_rank or 0 for one in found.chunks.values()) == list(range(1, len(CORPUS) + 1))

    def test_tells_nothing_of_what_the_filter_leaves_out(self, library: Library, stranger: Library) -> None:
        mine, theirs = library.add("a", CORPUS), stranger.add("a", CORPUS)
        assert set(library.explain("tiger", chunks=[*mine, *theirs]).chunks) == {point.chunk_id for point in mine}
        assert library.explain("tiger", chunks=theirs, ranks=True).chunks == {}
        assert library.vectors(theirs) == {}
        library.store.set_enabled(library.collection, library.file("a"), enabled=False)
        assert library.explain("tiger", chunks=mine).chunks == {}
        assert library.vectors(mine) == {}

    def test_gives_the_vectors_of_all_windows_in_their_order(self, library: Library) -> None:
        points = library.add("a", CORPUS[:2], windows=3)
        found = library.vectors(points)
        assert [len(windows) for windows in found.values()] == [3, 3]
        for point in points:
            assert cosine(found[point.chunk_id][point.window], point.vector) == pytest.approx(1, abs=1e-5)


class TestWindows:
    def test_are_all_there_in_order_whether_they_may_be_searched_or_not(self, library: Library) -> None:
        points = library.add("a", ["lion", "tiger"], windows=3)
        library.store.set_enabled(library.collection, "a", enabled=False)
        found = library.store.windows(library.collection, [points[0].chunk_id, "there is none"])
        assert list(found) == [points[0].chunk_id]
        own = [point.vector for point in points if point.chunk_id == points[0].chunk_id]
        wanted = [one / np.linalg.norm(one) for one in own]
        assert len(wanted) == 3
        assert np.allclose(found[points[0].chunk_id], wanted, atol=1e-6)
